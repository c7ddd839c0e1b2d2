// A repair told in rounds: what was found, what is changed line by line, what came of it.
import type { Finding } from "../model/finding.ts";
import type { Remediation, Round, StepResult } from "../model/remediation.ts";
import type { Report } from "../model/report.ts";
import type { TextOptions } from "./options.ts";
import { planDiffLines, type StepTexts } from "./plan-diff.ts";
import { effectLines } from "./question.ts";
import { effectsOf, findingsOfStep } from "./step-effects.ts";
import { hanging } from "./terminal/block.ts";
import { titledRule } from "./terminal/rest.ts";
import { renderTerminal } from "./terminal.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { count, verdictLine } from "./verdict.ts";

export function renderRemediation(remediation: Remediation, options: TextOptions = {}): string {
  const ink = createInk(options);
  const { rounds } = remediation;
  const parts = [
    hanging(ink, "", "", remediation.title, ink.bold),
    ...rounds.map((round) => roundLines(round, rounds.length, options, ink)),
    endLines(rounds, ink),
  ];
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

function roundLines(round: Round, of: number, options: TextOptions, ink: Ink): string[] {
  const head = of > 1 ? `round ${round.number}: what is wrong` : "what is wrong";
  return [
    titledRule(ink, head),
    ...(round.world ? hanging(ink, "  ", "  ", round.world, ink.dim) : []),
    ...surfacedLines(round, ink),
    "",
    renderTerminal(withoutFixes(round.report), options).trimEnd(),
    ...planLines(round, ink),
    ...resultLines(round, ink),
  ];
}

/** The plan shows the same changes, with the lines around them. */
function withoutFixes(report: Report): Report {
  return { ...report, findings: report.findings.map(({ fix: _fix, ...finding }) => finding) };
}

function surfacedLines({ surfaced }: Round, ink: Ink): string[] {
  return surfaced.flatMap((finding) =>
    hanging(ink, "  ", "  ", `came to light: ${finding.title} (${finding.subject.id})`, ink.yellow),
  );
}

function planLines({ plan, preview, number }: Round, ink: Ink): string[] {
  const unfixed = plan.withoutFix.flatMap((finding) =>
    hanging(ink, "  ", "  ", `no change is known for: ${finding.title} (${finding.subject.id})`, ink.yellow),
  );
  if (plan.steps.length === 0) return unfixed.length > 0 ? ["", ...unfixed] : [];
  return [
    "",
    titledRule(ink, `round ${number}: the plan`),
    ...planDiffLines(plan.steps, ink, "  ", textsOf(preview), (i) => effectRows(plan, preview, i, ink)),
    ...unfixed,
  ];
}

/** What a change of the plan reaches; what is left for a person or so already reaches nothing. */
function effectRows(
  { steps, findings }: Round["plan"],
  preview: readonly StepResult[],
  index: number,
  ink: Ink,
): string[] {
  const [step, result] = [steps[index], preview[index]];
  if (!step || result?.state !== "done") return [];
  return effectLines(effectsOf(step, result, findingsOfStep(step, findings)), ink, "    ");
}

/** Whole files before and after, so that the plan shows what changes in them with its surroundings. */
function textsOf(preview: readonly StepResult[]): StepTexts {
  return new Map(
    preview.flatMap(({ step, before, after, where }, i) =>
      (step.do === "edit-document" || step.do === "replace-lines" || step.do === "write-file") &&
      before !== undefined &&
      after !== undefined
        ? [[i, { before, after, ...(where === undefined ? {} : { name: where }) }] as const]
        : [],
    ),
  );
}

const signs = { done: "✓", already: "=", left: "→", refused: "✗" } as const;
const words = { done: "", already: " (was so already)", left: " (left for you)", refused: "" } as const;

function resultLines(round: Round, ink: Ink): string[] {
  const { execution, preview, number, plan } = round;
  if (plan.steps.length === 0) return [];
  const results = execution?.steps ?? preview;
  const head = execution ? (execution.ok ? "done" : "not done") : "not carried out";
  const why = execution && !execution.ok ? hanging(ink, "  ", "  ", execution.because ?? "", ink.red) : [];
  const lines = execution ? results : results.filter(({ state }) => state !== "done");
  return [
    "",
    titledRule(ink, `round ${number}: ${head}`),
    ...why,
    ...lines.flatMap((result) => resultLine(result, ink)),
    ...gateLines(round, ink),
  ];
}

/** What was waited for, and whether the next diagnosis let it stay. */
function gateLines({ execution, outcome, declined }: Round, ink: Ink): string[] {
  return [
    ...(declined?.length && execution
      ? hanging(ink, "  ", "  ", `declined: ${declined.map(({ title }) => title).join("; ")}`, ink.yellow)
      : []),
    ...(execution?.gate ?? []).flatMap((says) => hanging(ink, "  ", "    ", `then: ${says}`, ink.dim)),
    ...(outcome?.kept === false
      ? hanging(ink, "  ", "  ", `put back, because ${outcome.because ?? "it did not help"}`, ink.red)
      : []),
    ...(outcome?.says ?? []).flatMap((says) => hanging(ink, "    ", "    ", says, (row) => row)),
  ];
}

function resultLine({ step, state, because, command }: StepResult, ink: Ink): string[] {
  const paint = state === "refused" ? ink.red : state === "left" ? ink.yellow : ink.green;
  return [
    ...hanging(ink, `  ${signs[state]} `, "    ", `${step.title}${words[state]}`, paint),
    ...((state === "refused" || state === "left") && because
      ? hanging(ink, "    ", "    ", because, (row) => row)
      : []),
    ...(command ? [`    $ ${ink.bold(ink.lines(command)[0] ?? "")}`] : []),
  ];
}

/** Findings whose fix was carried out whole and stayed. */
function repairedIn({ plan, execution, declined, outcome }: Round): readonly Finding[] {
  if (!execution?.ok || outcome?.kept === false) return [];
  const open = new Set([
    ...(declined ?? []).map((step) => JSON.stringify(step)),
    ...execution.steps.filter(({ state }) => state === "left").map(({ step }) => JSON.stringify(step)),
  ]);
  return plan.findings.filter(({ fix }) => !fix?.steps.some((step) => open.has(JSON.stringify(step))));
}

function endLines(rounds: readonly Round[], ink: Ink): string[] {
  const first = rounds[0];
  const last = rounds.at(-1);
  if (!first || !last) return [];
  const fixed = rounds.flatMap(repairedIn);
  const story = fixed.map((finding: Finding) => `${finding.title} (${finding.subject.id})`);
  const paint = last.report.verdict === "healthy" ? ink.green : ink.yellow;
  return [
    titledRule(ink, "in short"),
    ...story.flatMap((title, i) => hanging(ink, `  ${i + 1}. `, "     ", title, (row) => row)),
    ...hanging(
      ink,
      "",
      "",
      `${count(rounds.length, "diagnosis", "diagnoses")}: ${rounds.map((round) => verdictLine(round.report)).join(" → ")}`,
      (row) => ink.bold(paint(row)),
    ),
  ];
}
