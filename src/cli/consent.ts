// Asks a person before each step: what changes and why stand above the question.
import { createInterface } from "node:readline/promises";
import type { Finding } from "../model/finding.ts";
import type { Round } from "../model/remediation.ts";
import { rightsGiven } from "../plan/rights.ts";
import { renderQuestion } from "../report/question.ts";
import { findingsOfStep } from "../report/step-effects.ts";
import { terminalStyle } from "./output.ts";

/** The steps a person agreed to, by index. */
export type Consent = (round: Round) => Promise<ReadonlySet<number>>;

export interface Asker {
  ask(question: string): Promise<string>;
  say(text: string): void;
  close(): void;
}

/** On stderr, so that the document on stdout stays one. */
export function terminalAsker(): Asker {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
  let closed = false;
  lines.on("close", () => {
    closed = true;
  });
  return {
    // The end of the input (Ctrl-D) is no yes.
    ask: (question) =>
      closed ? Promise.resolve("q") : Promise.race([lines.question(question), once(lines)]),
    say: (text) => void process.stderr.write(text),
    close: () => lines.close(),
  };
}

function once(lines: ReturnType<typeof createInterface>): Promise<string> {
  return new Promise((resolve) => lines.once("close", () => resolve("q")));
}

const prompt = "Do this? [y]es, [n]o, [a]ll the rest, [s]how evidence, [q]uit: ";

export function askingConsent(asker: Asker, options: { readonly color: boolean }): Consent {
  return async (round) => {
    const agreed = new Set<number>();
    const style = terminalStyle({ color: options.color });
    const open = round.preview.flatMap((result, i) => (result.state === "done" ? [i] : []));
    // What is done already or left for a person stands in nobody's way.
    for (const [i, result] of round.preview.entries()) if (result.state !== "done") agreed.add(i);
    let all = false;
    for (const [position, index] of open.entries()) {
      const step = round.plan.steps[index];
      // Rights over a host are never agreed to in passing.
      if (!all || (step && rightsGiven(step) !== undefined)) {
        const findings = step ? findingsOfStep(step, round.plan.findings) : [];
        asker.say(renderQuestion(round, index, { position: position + 1, of: open.length, findings }, style));
        const answer = await decide(asker, () => asker.say(evidenceOf(findings)));
        if (answer === "q") {
          asker.say("Nothing was changed.\n");
          return new Set();
        }
        if (answer === "n") continue;
        all ||= answer === "a";
      }
      agreed.add(index);
    }
    return open.some((index) => agreed.has(index)) ? agreed : new Set();
  };
}

async function decide(asker: Asker, showEvidence: () => void): Promise<"y" | "n" | "a" | "q"> {
  for (;;) {
    const answer = (await asker.ask(prompt)).trim().toLowerCase();
    if (answer === "s" || answer === "show" || answer === "show evidence") showEvidence();
    else if (/^y(?:es)?$/.test(answer)) return "y";
    else if (/^no?$/.test(answer)) return "n";
    else if (/^a(?:ll)?$/.test(answer)) return "a";
    else if (/^q(?:uit)?$/.test(answer)) return "q";
    else asker.say(`${answer === "" ? "An answer is needed" : "That is no answer"}: y, n, a, s or q.\n`);
  }
}

function evidenceOf(findings: readonly Finding[]): string {
  return findings
    .map(({ says, proof }) =>
      [
        says,
        ...proof.map(
          (one) =>
            `  ${one.source}${one.line === undefined ? "" : `:${one.line}`}\n    ${one.excerpt.trim()}`,
        ),
      ].join("\n"),
    )
    .join("\n")
    .concat("\n");
}
