// Past repairs as a list: one block per incident, one line per transaction and step.
import type { TextOptions } from "./options.ts";
import { hanging } from "./terminal/block.ts";
import { createInk, type Ink } from "./text/ink.ts";

export interface HistoryStep {
  readonly title: string;
  readonly subject?: string;
  readonly state: "done" | "begun" | "passed" | "undone" | "kept" | "not reached";
  readonly because?: string;
}

export interface HistoryEntry {
  readonly id: string;
  readonly incident: string;
  readonly at: string;
  readonly by: string;
  readonly why: string;
  readonly state: "open" | "committed" | "rolled-back" | "partly-rolled-back";
  readonly because?: string;
  /** Findings whose fixes the steps are. */
  readonly findings?: readonly string[];
  /** What was waited for, in words. */
  readonly gate?: readonly string[];
  readonly steps: readonly HistoryStep[];
}

export function renderHistory(
  entries: readonly HistoryEntry[],
  record: (incident: string) => string | undefined,
  options: TextOptions = {},
): string {
  const ink = createInk(options);
  if (entries.length === 0) return "No repair was made from this machine.\n";
  const incidents = new Map<string, HistoryEntry[]>();
  for (const one of entries) incidents.set(one.incident, [...(incidents.get(one.incident) ?? []), one]);
  const blocks = [...incidents].map(([incident, list]) => {
    const file = record(incident);
    return [
      ink.bold(`incident ${incident}`),
      ...(file ? [`  record ${file}`] : []),
      ...list.flatMap((one) => entryLines(one, ink)),
    ].join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}

const stateWords = {
  open: "OPEN: it was cut off; the next run puts it back",
  committed: "kept",
  "rolled-back": "put back",
  "partly-rolled-back": "NOT PUT BACK WHOLE",
} as const;

function entryLines(
  { id, at, by, why, state, because, findings, gate, steps }: HistoryEntry,
  ink: Ink,
): string[] {
  const paint = state === "committed" ? ink.green : state === "rolled-back" ? ink.yellow : ink.red;
  return [
    ...hanging(
      ink,
      "  ",
      "    ",
      `${id}  ${at.slice(0, 19).replace("T", " ")} UTC  ${by}: ${why}`,
      (row) => row,
    ),
    ...hanging(ink, "    ", "    ", `${stateWords[state]}${because ? `, because: ${because}` : ""}`, paint),
    ...(findings?.length ? hanging(ink, "    ", "      ", `for ${findings.join(", ")}`, (row) => row) : []),
    ...steps.flatMap((step) =>
      hanging(
        ink,
        `    ${signs[step.state]} `,
        "      ",
        `${step.title}${step.because ? ` (${step.because})` : ""}`,
        (row) => row,
      ),
    ),
    ...(gate ?? []).flatMap((says) => hanging(ink, "    ", "      ", `then: ${says}`, ink.dim)),
  ];
}

const signs = { done: "✓", begun: "…", passed: "=", undone: "↶", kept: "✗", "not reached": "·" } as const;
