// A run of watchmend whose journal is watched from outside, so that something can happen to it at a chosen moment.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Stage } from "../scenario.ts";

export type Line = { readonly what: string; readonly kind?: string; readonly at: string };
export type EndedRun = { readonly code: number | null; readonly said: string; readonly met: boolean };

export const stateOf = (stage: Stage): string => join(stage.dir, "state");

/** Lines of all journals of the scenario, oldest first. Each is a step boundary. */
export const journalLines = (stage: Stage): readonly Line[] => {
  const folder = join(stateOf(stage), "watchmend", "transactions");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((id) => {
      const journal = join(folder, id, "journal.jsonl");
      if (!existsSync(journal)) return [];
      const whole = readFileSync(journal, "utf8").split("\n").slice(0, -1);
      return whole.flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Line]));
    });
};

/** The programs below a process, which enters the rig's namespaces first. */
const below = (pid: number): number[] => {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

export type Moment = {
  /** Asked every few milliseconds, with what this run has written so far and how long it runs. */
  readonly isTime: (fresh: readonly Line[], ranMs: number) => boolean;
  /** Only watchmend itself dies or hears of it: an ssh it had started may go on for a moment, as in life. */
  readonly signal?: NodeJS.Signals;
  readonly deed?: () => Promise<unknown>;
};

/** Runs it to its end; when the moment comes, what is to happen happens once. */
export const watchedRun = async (
  stage: Stage,
  args: readonly string[],
  { isTime, signal, deed }: Moment,
  env: NodeJS.ProcessEnv = {},
): Promise<EndedRun> => {
  const [program = "", ...words] = await stage.watchmendCommand(args);
  const from = journalLines(stage).length;
  const begun = Date.now();
  const child = spawn(program, words, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env, XDG_STATE_HOME: stateOf(stage) },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
    });
  const end: { code?: number | null } = {};
  const ended = new Promise<void>((resolve) => {
    child.on("exit", (code) => {
      end.code = code;
      resolve();
    });
  });
  let met = false;
  while (end.code === undefined && !met) {
    if (!isTime(journalLines(stage).slice(from), Date.now() - begun)) {
      await pause(3);
      continue;
    }
    met = true;
    const own = child.pid ?? 0;
    const pids = signal === "SIGKILL" ? [...below(own), own] : below(own);
    for (const pid of signal === undefined ? [] : pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    await deed?.();
    // nsenter stops itself with what it started, and has to go on as well.
    if (signal === "SIGSTOP") for (const pid of [own, ...pids]) process.kill(pid, "SIGCONT");
  }
  await ended;
  return { code: end.code ?? null, said, met };
};
