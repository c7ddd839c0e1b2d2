// The report for a person at a terminal: the cause first, one verdict line last.
import type { Report } from "../model/report.ts";
import type { TextOptions } from "./options.ts";
import { type Story, tellStory } from "./story.ts";
import { hanging } from "./terminal/block.ts";
import { causeLines } from "./terminal/cause.ts";
import { coverageLines, latentLines, noticeLines, titledRule, unexplainedLines } from "./terminal/rest.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { verdictLine } from "./verdict.ts";

export function renderTerminal(report: Report, options: TextOptions = {}): string {
  const ink = createInk(options);
  const story = tellStory(report);
  const causes = story.causes.map((group, index) => [
    titledRule(
      ink,
      story.causes.length > 1 ? `root cause ${index + 1} of ${story.causes.length}` : "root cause",
    ),
    ...causeLines(group, ink),
  ]);
  const parts = [
    ...causes,
    unexplainedLines(story.unexplained, ink),
    latentLines(story.latent, ink),
    ...(causes.length === 0 ? [answerLines(report, ink)] : []),
    noticeLines(story.notices, ink),
    coverageLines(report, ink),
    hanging(ink, "", "", verdictLine(report), (row) => verdictPaint(report, ink)(row)),
  ].filter((part) => part.length > 0);
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

/** `root cause 2 of 5`, or `root causes 2 to 4 of 5` where several of a kind are told together. */
export function causeHeading(story: Story, index: number): string {
  const sizes = story.causes.map((group) => group.others.length + 1);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const from = sizes.slice(0, index).reduce((sum, size) => sum + size, 0) + 1;
  const to = from + (sizes[index] ?? 1) - 1;
  if (all === 1) return "root cause";
  return to > from ? `root causes ${from} to ${to} of ${all}` : `root cause ${from} of ${all}`;
}

/** Without a cause to tell, the first thing said is what the silence means. */
function answerLines(report: Report, ink: Ink): string[] {
  if (report.verdict === "healthy") {
    const rest = report.coverage.missing.length > 0 ? " Parts were not seen, see below." : "";
    return hanging(ink, "", "", `Nothing wrong was found in what was read.${rest}`, ink.green);
  }
  if (report.verdict === "problems") return [];
  return hanging(ink, "", "", unknownAnswer(report), ink.yellow);
}

export function unknownAnswer(report: Report): string {
  if (report.stack.components.length === 0 && report.coverage.missing.length === 0) {
    return "Could not tell: nothing in what was read belongs to a monitoring stack that watchmend knows.";
  }
  const next = report.coverage.missing.some((gap) => gap.decideWith);
  const then = next
    ? " Run the commands below and diagnose again with what they print."
    : " Add what is at hand: logs, also of the previous run, the output of docker ps or kubectl get pods, and the configuration.";
  return `Could not tell: what was read shows no fault, and too much is missing to call it healthy.${then}`;
}

function verdictPaint(report: Report, ink: Ink): (row: string) => string {
  const paint = { healthy: ink.green, problems: ink.red, unknown: ink.yellow }[report.verdict];
  return (row) => ink.bold(paint(row));
}
