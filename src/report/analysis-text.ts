// The analysis that lies first in a bundle: plain ASCII in 80 columns, readable with nothing but a pager.
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { type Story, subjectNames, tellStory } from "./story.ts";
import { command, hanging } from "./terminal/block.ts";
import { causeLines } from "./terminal/cause.ts";
import { coverageLines, latentLines, noticeLines, unexplainedLines } from "./terminal/rest.ts";
import { causeHeading, unknownAnswer } from "./terminal.ts";
import { createInk, type Ink } from "./text/ink.ts";
import { renderTopology } from "./topology-text.ts";
import { verdictLine } from "./verdict.ts";

export function renderAnalysisText(report: Report): string {
  const style = { width: 80, colour: false, unicode: false };
  const ink = createInk(style);
  const story = tellStory(report);
  const todo = recommendations(report, story, ink);
  const parts = [
    [
      ...heading("ANALYSIS AND RECOMMENDATIONS", "="),
      `Written by watchmend ${ink.text(report.tool.version)}`,
    ],
    [...hanging(ink, "Verdict: ", "         ", verdictLine(report)), ...summary(report, story, ink)],
    ...(todo.length > 0 ? [[...heading("WHAT TO DO, IN THIS ORDER", "-"), ...todo]] : []),
    ...story.causes.map((group, index) => [
      ...heading(causeHeading(story, index).toUpperCase(), "-"),
      ...causeLines(group, ink),
    ]),
    unexplainedLines(story.unexplained, ink),
    latentLines(story.latent, ink),
    noticeLines(story.notices, ink),
    coverageLines(report, ink),
    ...(report.stack.components.length > 0
      ? [[...heading("WHO TALKS TO WHOM", "-"), ...renderTopology(report, style).trimEnd().split("\n")]]
      : []),
  ].filter((part) => part.length > 0);
  return `${parts.map((part) => part.join("\n")).join("\n\n")}\n`;
}

function heading(title: string, rule: string): string[] {
  return [title, rule.repeat(title.length)];
}

function summary(report: Report, story: Story, ink: Ink): string[] {
  if (story.causes.length > 0) {
    return story.causes.flatMap(({ first, others }) => {
      const more = others.length > 0 ? ` and ${others.length} more` : "";
      return hanging(
        ink,
        "  * ",
        "    ",
        `${ink.text(first.finding.title)} (${ink.text(first.finding.subject.id)}${more})`,
      );
    });
  }
  if (report.verdict === "healthy") return ["Nothing wrong was found in what was read."];
  return report.verdict === "unknown" ? hanging(ink, "", "", unknownAnswer(report)) : [];
}

/** Fixes first, causes before what waits behind them; then the commands that would remove doubt. */
function recommendations(report: Report, story: Story, ink: Ink): string[] {
  const causes = story.causes.flatMap(({ first, others }) =>
    [first, ...others].map((cause) => cause.finding),
  );
  const fixable = [...causes, ...story.latent];
  const doubts = [...causes, ...story.latent, ...story.unexplained].flatMap((finding) => questions(finding));
  const gaps = report.coverage.missing.flatMap((gap) =>
    gap.decideWith ? [{ why: `Look at ${gap.what}`, command: gap.decideWith }] : [],
  );
  const commands = [...new Map([...doubts, ...gaps].map((one) => [one.command, one])).values()];
  const items = [
    ...alike(fixable).map((findings) => ({ text: recommendation(findings, ink), command: undefined })),
    ...commands.map((one) => ({ text: ink.text(one.why), command: one.command })),
  ];
  return items.flatMap((item, index) => [
    ...hanging(ink, `${String(index + 1).padStart(2)}. `, "    ", item.text),
    ...(item.command ? command(ink, "      ", item.command) : []),
  ]);
}

/** Findings that ask for the same thing, in the order of the first of each. */
function alike(findings: readonly Finding[]): Finding[][] {
  const sets = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.rule}\0${finding.fix?.summary ?? ""}`;
    sets.set(key, [...(sets.get(key) ?? []), finding]);
  }
  return [...sets.values()];
}

function recommendation(findings: readonly Finding[], ink: Ink): string {
  const about = ink.text(subjectNames(findings, 4));
  const [finding] = findings;
  if (!finding?.fix)
    return `${about}: ${ink.text(finding?.title ?? "")}. No automatic fix; see the proof below.`;
  return `${about}: ${ink.text(finding.fix.summary)} [${finding.fix.risk}]`;
}

function questions(finding: Finding): { why: string; command: string }[] {
  const own =
    finding.certainty !== "proven" && finding.decideWith
      ? [
          {
            why: `Settle whether it is so (${finding.certainty}): ${finding.title}`,
            command: finding.decideWith,
          },
        ]
      : [];
  const rivals = finding.rivals.flatMap((rival) =>
    rival.state !== "refuted" && rival.decideWith
      ? [{ why: `Rule out ${rival.rule}: ${rival.because}`, command: rival.decideWith }]
      : [],
  );
  return [...own, ...rivals];
}
