// The report to paste into an incident ticket (GitHub flavoured). Everything quoted is escaped: evidence cannot add markup.
import type { Finding, Fix, Rival } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { escapeMarkdown, fenced, inlineCode } from "./markdown/escape.ts";
import { type PlanLine, planLines } from "./plan-diff.ts";
import { type Cause, type CauseGroup, type Effects, subjectNames, tellStory } from "./story.ts";
import { unknownAnswer } from "./terminal.ts";
import { count, lookedAt, verdictLine } from "./verdict.ts";

const proofsShown = 12;
const excerptCap = 2000;
const namesShown = 12;

export function renderMarkdown(report: Report): string {
  const story = tellStory(report);
  const parts = [
    [`**${escapeMarkdown(verdictLine(report))}**`],
    ...(story.causes.length === 0 && report.verdict !== "problems" ? [answer(report)] : []),
    ...story.causes.map((group) => causeSection(group)),
    ...optional("### Symptoms whose cause was not found", story.unexplained.flatMap(shortFinding)),
    ...optional(
      "### Waiting behind it",
      [
        "Hidden for now; these strike once the cause above is gone.",
        "",
        ...story.latent.flatMap(shortFinding),
      ],
      story.latent.length > 0,
    ),
    ...optional("### Notices", noticeList(story.notices)),
    coverage(report),
  ];
  return `${parts.map((part) => part.join("\n").trimEnd()).join("\n\n")}\n`;
}

function optional(heading: string, lines: readonly string[], when = lines.length > 0): string[][] {
  return when ? [[heading, "", ...lines]] : [];
}

function answer(report: Report): string[] {
  return [report.verdict === "healthy" ? "Nothing wrong was found in what was read." : unknownAnswer(report)];
}

function causeSection({ first, others }: CauseGroup): string[] {
  const { finding } = first;
  return [
    `### Root cause: ${escapeMarkdown(finding.title)}`,
    "",
    facts(finding),
    "",
    escapeMarkdown(finding.says),
    "",
    ...proofDetails(finding, true),
    ...decide(finding),
    ...follows(first),
    ...othersList(others),
    ...rivalTable(finding.rivals),
    ...fixSection(finding.fix),
  ];
}

function facts(finding: Finding): string {
  return [
    `**${finding.severity}**`,
    finding.certainty,
    inlineCode(finding.subject.id),
    `rule ${inlineCode(finding.rule)}`,
  ].join(" · ");
}

function proofDetails(finding: Finding, open: boolean): string[] {
  if (finding.proof.length === 0) return [];
  const shown = finding.proof.slice(0, proofsShown);
  const rest = finding.proof.length - shown.length;
  return [
    `<details${open ? " open" : ""}><summary>Proof (${count(finding.proof.length, "place")})</summary>`,
    "",
    ...shown.flatMap((proof) => {
      const place = proof.line === undefined ? proof.source : `${proof.source}:${proof.line}`;
      const pointer = proof.pointer ? ` (${inlineCode(proof.pointer)})` : "";
      return [`${inlineCode(place)}${pointer}`, "", ...fenced(shorten(proof.excerpt), "text"), ""];
    }),
    ...(rest > 0 ? [`and ${count(rest, "more place")}`, ""] : []),
    "</details>",
    "",
  ];
}

function shorten(excerpt: string): string {
  if (excerpt.length <= excerptCap) return excerpt;
  return `${excerpt.slice(0, excerptCap / 2)} … ${excerpt.slice(-excerptCap / 2)}`;
}

function decide(finding: Finding): string[] {
  if (finding.certainty === "proven" || !finding.decideWith) return [];
  return [`Only ${finding.certainty}; this would settle it:`, "", ...fenced(finding.decideWith, "sh"), ""];
}

function follows(cause: Cause): string[] {
  const also = cause.alsoExplains.map((finding) => inlineCode(finding.subject.id));
  if (cause.effects.length === 0 && also.length === 0) return [];
  return [
    "**What follows from it**",
    "",
    ...effectList(cause.effects, ""),
    ...(also.length > 0 ? [`- would also bring about what is told above: ${names(also)}`] : []),
    "",
  ];
}

function effectList(effects: readonly Effects[], indent: string): string[] {
  return effects.flatMap((effect) => {
    const [finding] = effect.findings;
    if (!finding) return [];
    const many = effect.findings.length;
    const subjects = inlineCode(subjectNames(effect.findings, namesShown));
    const head =
      many > 1
        ? `**${many} × ${escapeMarkdown(finding.title)}** (${finding.severity}): ${subjects}`
        : `**${escapeMarkdown(finding.title)}** (${finding.severity}, ${subjects}): ${escapeMarkdown(finding.says)}`;
    const because = effect.mechanisms.slice(0, 2).map(escapeMarkdown).join("; ");
    return [
      `${indent}- ${head}${because ? ` *Because ${because}.*` : ""}`,
      ...effectList(effect.next, `${indent}  `),
    ];
  });
}

function othersList(others: readonly Cause[]): string[] {
  if (others.length === 0) return [];
  const shown = others.slice(0, namesShown);
  const rest = others.length - shown.length;
  return [
    `**The same on ${others.length} more**`,
    "",
    ...shown.map(
      ({ finding, effects }) =>
        `- ${inlineCode(finding.subject.id)}: ${escapeMarkdown(finding.says)}${effects.length > 0 ? ` Brings about ${count(countEffects(effects), "symptom")}.` : ""}`,
    ),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
    "",
  ];
}

function countEffects(effects: readonly Effects[]): number {
  return effects.reduce((sum, effect) => sum + effect.findings.length + countEffects(effect.next), 0);
}

const states: Readonly<Record<Rival["state"], string>> = {
  refuted: "ruled out",
  untestable: "cannot be told",
  possible: "also possible",
};

function rivalTable(rivals: readonly Rival[]): string[] {
  if (rivals.length === 0) return [];
  return [
    "**What else it could have been**",
    "",
    "| rival | verdict | because | decide with |",
    "| --- | --- | --- | --- |",
    ...rivals.map(
      (rival) =>
        `| ${inlineCode(rival.rule)} | ${states[rival.state]} | ${escapeMarkdown(rival.because)} | ${rival.decideWith ? inlineCode(rival.decideWith) : ""} |`,
    ),
    "",
  ];
}

function fixSection(fix: Fix | undefined): string[] {
  if (!fix) return [];
  const lines = planLines(fix.steps).map(diffRow);
  return [
    `**Fix** (${fix.risk}): ${escapeMarkdown(fix.summary)}`,
    "",
    ...(lines.length > 0 ? [...fenced(lines.join("\n"), "diff"), ""] : []),
  ];
}

/** GitHub colours lines of a `diff` block by their first character. */
function diffRow(line: PlanLine): string {
  if (line.sign === "#") return `# ${line.text}`;
  if (line.sign === "@") return `@@ ${line.text} @@`;
  if (line.sign === "$") return `  $ ${line.text}`;
  if (line.sign === ">") return `    ${line.text}`;
  return `${line.sign} ${line.text}`;
}

function shortFinding(finding: Finding): string[] {
  return [
    `#### ${escapeMarkdown(finding.title)}`,
    "",
    facts(finding),
    "",
    escapeMarkdown(finding.says),
    "",
    ...proofDetails(finding, false),
    ...decide(finding),
    ...rivalTable(finding.rivals),
    ...fixSection(finding.fix),
  ];
}

function noticeList(notices: readonly Finding[]): string[] {
  const shown = notices.slice(0, namesShown);
  const rest = notices.length - shown.length;
  return [
    ...shown.map((finding) => `- ${inlineCode(finding.subject.id)}: ${escapeMarkdown(finding.says)}`),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
  ];
}

function coverage(report: Report): string[] {
  const { missing } = report.coverage;
  return [
    "### What was looked at",
    "",
    `${lookedAt(report)}.`,
    "",
    ...(missing.length > 0
      ? [
          `Could not look at ${count(missing.length, "thing")}:`,
          "",
          "| what | because | would show it |",
          "| --- | --- | --- |",
          ...missing.map(
            (gap) =>
              `| ${escapeMarkdown(gap.what)} | ${escapeMarkdown(gap.because)} | ${gap.decideWith ? inlineCode(gap.decideWith) : ""} |`,
          ),
          "",
        ]
      : []),
    `<sub>${escapeMarkdown(`watchmend ${report.tool.version}`)}</sub>`,
  ];
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, namesShown).join(", ");
  return all.length > namesShown ? `${shown} and ${all.length - namesShown} more` : shown;
}
