// One line on stderr that says what is being read, for people who wait; nothing when stderr is no terminal.
import type { ReadSession } from "../model/target.ts";

type Step = Parameters<ReadSession["progress"]>[0];

export interface ProgressLine {
  show(step: Step): void;
  /** Removes the line. */
  end(): void;
}

const everyMs = 80;

export function progressLine(options: { readonly quiet?: boolean }): ProgressLine {
  if (options.quiet || process.stderr.isTTY !== true) return { show: () => {}, end: () => {} };
  const latest = new Map<string, Step>();
  let drawnAt = 0;
  return {
    show(step) {
      latest.set(step.target, step);
      const now = Date.now();
      if (now - drawnAt < everyMs) return;
      drawnAt = now;
      const width = Math.max((process.stderr.columns ?? 80) - 1, 20);
      const text = [...latest.values()].map(inWords).join("   ");
      process.stderr.write(`\r\u001b[2K${text.slice(0, width)}`);
    },
    end() {
      if (drawnAt > 0) process.stderr.write("\r\u001b[2K");
      drawnAt = 0;
    },
  };
}

function inWords({ target, doing, done, of }: Step): string {
  const count = done === undefined ? "" : of === undefined ? ` ${done}` : ` ${done}/${of}`;
  return `${target}: ${doing}${count}`;
}
