// What happened, for the people who were not there: what was wrong, the proof, what was done, how it was verified, how to undo it.
import type { Finding } from "../model/finding.ts";
import type { Step } from "../model/plan.ts";
import type { Remediation, Round, StepResult } from "../model/remediation.ts";
import { planLines, type StepTexts } from "./plan-diff.ts";
import { verdictLine } from "./verdict.ts";

export interface RecordFrame {
  readonly incident: string;
  readonly begun: string;
  readonly ended: string;
  readonly by: string;
  readonly transactions: readonly string[];
}

export function renderIncidentRecord({ title, rounds }: Remediation, frame: RecordFrame): string {
  const last = rounds.at(-1);
  const parts = [
    `# ${title}`,
    [
      "| | |",
      "| --- | --- |",
      `| incident | ${frame.incident} |`,
      `| begun | ${frame.begun} |`,
      `| ended | ${frame.ended} |`,
      `| by | ${cell(frame.by)} |`,
      `| result | ${cell(last ? verdictLine(last.report) : "nothing was looked at")} |`,
    ].join("\n"),
    ...rounds.flatMap((round) => roundParts(round, rounds.length)),
    `## How to undo it\n\n${undoLines(frame).join("\n")}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function roundParts(round: Round, of: number): string[] {
  const head = of > 1 ? `Round ${round.number}: ` : "";
  const roots = round.report.findings.filter(
    ({ role, severity }) => role === "root" && severity !== "notice",
  );
  const wrong = [
    `## ${head}what was wrong`,
    ...(roots.length === 0
      ? ["Nothing that needs a repair was found."]
      : roots.map((one) => findingPart(one, round))),
  ];
  const { execution } = round;
  if (!execution) return wrong;
  return [
    ...wrong,
    `## ${head}what was done`,
    stepsTable(execution.steps),
    fence(diffOf(execution.steps)),
    ...(round.declined?.length
      ? [`Not done, because it was declined: ${round.declined.map(({ title }) => text(title)).join("; ")}.`]
      : []),
    `## ${head}how it was verified`,
    verified(round),
  ];
}

function findingPart(finding: Finding, { surfaced }: Round): string {
  const news = surfaced.some(({ id }) => id === finding.id)
    ? " (came to light only now: it was masked before)"
    : "";
  const proof = finding.proof.map(
    ({ source, line, excerpt }) =>
      `  - \`${source}${line === undefined ? "" : `:${line}`}\`: \`${excerpt.trim().replaceAll("`", "'").slice(0, 200)}\``,
  );
  return [
    `- **${text(finding.title)}**${news}: ${text(finding.says)} (${finding.rule}, ${finding.certainty})`,
    ...proof,
  ].join("\n");
}

function stepsTable(steps: readonly StepResult[]): string {
  const rows = steps.map(({ step, state, because, command }, i) => {
    const why = [because, command ? `\`${command}\`` : undefined].filter(Boolean).join("; ");
    return `| ${i + 1} | ${cell(step.title)} | ${words[state]} | ${cell(why)} |`;
  });
  return ["| | step | state | note |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

const words = {
  done: "done",
  already: "was so already",
  left: "left for a person",
  refused: "refused",
} as const;

function diffOf(results: readonly StepResult[]): string {
  const done = results.filter(({ state }) => state === "done");
  const steps: readonly Step[] = done.map(({ step }) => step);
  const texts: StepTexts = new Map(
    done.flatMap(({ step, before, after, where }, i) =>
      step.do !== "restart" &&
      step.do !== "reload" &&
      step.do !== "set-owner" &&
      before !== undefined &&
      after !== undefined
        ? [[i, { before, after, ...(where === undefined ? {} : { name: where }) }] as const]
        : [],
    ),
  );
  return planLines(steps, texts)
    .map(({ sign, text: row }) => (sign === "#" ? `# ${row}` : sign === "@" ? `@@ ${row}` : `${sign} ${row}`))
    .join("\n");
}

function verified({ execution, outcome }: Round): string {
  const lines = (execution?.gate ?? []).map((says) => `- ${text(says)}`);
  if (!execution?.ok) lines.push(`- **It was not kept**: ${text(execution?.because ?? "")}`);
  else if (outcome?.kept === false)
    lines.push(
      `- **It was put back**: ${text(outcome.because ?? "")}`,
      ...(outcome.says ?? []).map((one) => `  - ${text(one)}`),
    );
  else
    lines.push("- A fresh diagnosis no longer finds what was repaired, and nothing that was fine is broken.");
  return lines.join("\n");
}

function undoLines({ incident, transactions }: RecordFrame): string[] {
  return [
    "```sh",
    `watchmend rollback ${incident}            # everything, last change first`,
    ...(transactions.length > 1
      ? transactions.map((id) => `watchmend rollback ${id}            # only this one`)
      : []),
    `watchmend rollback ${incident} --export undo   # a folder to do it with kubectl and docker alone`,
    "```",
  ];
}

function text(value: string): string {
  return value.replaceAll(/\s+/g, " ").replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function cell(value: string): string {
  return text(value);
}

function fence(body: string): string {
  const longest = Math.max(2, ...[...body.matchAll(/`{3,}/g)].map((match) => match[0].length));
  const ticks = "`".repeat(longest + 1);
  return `${ticks}diff\n${body}\n${ticks}`;
}
