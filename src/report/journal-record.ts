// The record of an incident as far as its journals tell it: for runs that ended in the middle, and for what was done about them later.
import type { HistoryEntry } from "./history.ts";
import { oneLine } from "./text/safe.ts";

const stateWords = {
  open: "cut off in the middle: the next run on the same things puts it back",
  committed: "kept",
  "rolled-back": "put back",
  "partly-rolled-back": "**not put back whole**",
} as const;

const stepWords = {
  done: "done",
  begun: "begun",
  passed: "not needed",
  undone: "put back",
  kept: "**not put back**",
  "not reached": "not reached",
} as const;

/** `entries`: the transactions of one incident, oldest first. */
export function renderJournalRecord(incident: string, entries: readonly HistoryEntry[]): string {
  const [first] = entries;
  const parts = [
    `# Repair ${incident}, as its journal tells it`,
    [
      "| | |",
      "| --- | --- |",
      `| incident | ${incident} |`,
      `| begun | ${first?.at ?? ""} |`,
      `| by | ${cell(first?.by ?? "")} |`,
      `| result | ${entries.map(({ state }) => stateWords[state]).join("; ")} |`,
    ].join("\n"),
    ...entries.flatMap(entryParts),
    [
      "## How to undo it",
      "",
      "```sh",
      `watchmend history ${incident}             # what stands and what was put back`,
      `watchmend rollback ${incident}            # everything that stands, last change first`,
      `watchmend rollback ${incident} --export undo   # a folder to do it with kubectl and docker alone`,
      "```",
    ].join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

function entryParts({ id, why, findings, because, gate, steps, state }: HistoryEntry): string[] {
  return [
    `## Transaction ${id}: ${cell(why)}`,
    ...(findings?.length ? [`For: ${findings.map((one) => `\`${oneLine(one)}\``).join(", ")}`] : []),
    [
      "| | step | thing | state | note |",
      "| --- | --- | --- | --- | --- |",
      ...steps.map(
        (step, i) =>
          `| ${i + 1} | ${cell(step.title)} | ${cell(step.subject ?? "")} | ${stepWords[step.state]} | ${cell(step.because ?? "")} |`,
      ),
    ].join("\n"),
    [
      ...(gate ?? []).map((says) => `- ${cell(says)}`),
      `- ${stateWords[state]}${because ? `, because: ${cell(because)}` : ""}`,
    ].join("\n"),
  ];
}

/** What is written below an older record when its repair is taken back. */
export function rollbackSection(
  id: string,
  told: {
    readonly at: string;
    readonly by: string;
    readonly complete: boolean;
    readonly says: readonly string[];
  },
): string {
  const head = `## ${told.complete ? "Taken back" : "Not taken back whole"}: transaction ${id}`;
  const lines =
    told.says.length === 0
      ? ["- nothing had to be changed for it"]
      : told.says.map((one) => `- ${cell(one)}`);
  return `\n${head}\n\n${told.at}, by ${cell(told.by)}\n\n${lines.join("\n")}\n`;
}

function cell(value: string): string {
  return oneLine(value).replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
