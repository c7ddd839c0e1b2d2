// What comes after the causes: faults waiting behind them, symptoms without a cause, notices, and what was not seen.
import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { subjectNames } from "../story.ts";
import type { Ink } from "../text/ink.ts";
import { count, lookedAt } from "../verdict.ts";
import { command, hanging, listNames } from "./block.ts";
import { fixLines, headLines } from "./cause.ts";
import { proofLines } from "./proof.ts";

const foldFrom = 3;

export function titledRule(ink: Ink, title: string): string {
  const length = Math.max(3, Math.min(ink.width, 80) - title.length - 1);
  return `${ink.bold(title)} ${ink.dim(ink.glyphs.rule.repeat(length))}`;
}

export function latentLines(latent: readonly Finding[], ink: Ink): string[] {
  if (latent.length === 0) return [];
  return [
    titledRule(ink, "waiting behind it"),
    ...hanging(
      ink,
      "",
      "",
      "Hidden for now; these strike once the cause above is gone. Fix them in the same go.",
    ),
    ...latent.flatMap((finding) => ["", ...shortFinding(finding, ink)]),
  ];
}

export function unexplainedLines(symptoms: readonly Finding[], ink: Ink): string[] {
  if (symptoms.length === 0) return [];
  return [
    titledRule(ink, "symptoms whose cause was not found"),
    ...symptoms.flatMap((finding, index) => [...(index > 0 ? [""] : []), ...shortFinding(finding, ink)]),
  ];
}

function shortFinding(finding: Finding, ink: Ink): string[] {
  return [...headLines(finding, ink), ...proofLines(finding, ink, "  ", 1), ...fixLines(finding.fix, ink)];
}

export function noticeLines(notices: readonly Finding[], ink: Ink): string[] {
  if (notices.length === 0) return [];
  const ofRule = new Map<string, Finding[]>();
  for (const finding of notices) ofRule.set(finding.rule, [...(ofRule.get(finding.rule) ?? []), finding]);
  return [titledRule(ink, "notices"), ...[...ofRule.values()].flatMap((alike) => alikeNotices(alike, ink))];
}

function alikeNotices(alike: readonly Finding[], ink: Ink): string[] {
  const [first] = alike;
  if (!first || alike.length < foldFrom) {
    return alike.flatMap((finding) =>
      hanging(ink, "  * ", "    ", `${ink.text(finding.subject.id)}: ${ink.text(finding.says)}`),
    );
  }
  const names = ink.text(subjectNames(alike, 6));
  return hanging(
    ink,
    "  * ",
    "    ",
    `${alike.length} ${ink.glyphs.times} ${ink.text(first.title)}: ${names}`,
  );
}

export function coverageLines(report: Report, ink: Ink): string[] {
  const { missing, rules } = report.coverage;
  return [
    titledRule(ink, "what was looked at"),
    ...hanging(ink, "  ", "  ", lookedAt(report)),
    ...componentLines(report, ink),
    ...(missing.length === 0 && rules.inconclusive === 0
      ? []
      : [
          "",
          `  ${ink.bold(missing.length > 0 ? `could not look at ${count(missing.length, "thing")}` : "some rules could not tell")}`,
        ]),
    ...missing.flatMap((gap) => [
      ...hanging(
        ink,
        `  ${ink.yellow(ink.glyphs.open)} `,
        "    ",
        `${ink.text(gap.what)}: ${ink.text(gap.because)}`,
      ),
      ...(gap.decideWith ? command(ink, "      ", gap.decideWith) : []),
    ]),
  ];
}

/** Which components were recognised, by kind: a wrong picture shows itself here. */
function componentLines(report: Report, ink: Ink): string[] {
  const ofKind = new Map<string, string[]>();
  for (const component of report.stack.components) {
    const name = `${component.id}${component.version ? ` ${component.version}` : ""}`;
    ofKind.set(component.kind, [...(ofKind.get(component.kind) ?? []), ink.text(name)]);
  }
  return [...ofKind].flatMap(([kind, names]) =>
    hanging(
      ink,
      "  ",
      "      ",
      `${kind}${names.length > 1 ? ` (${names.length})` : ""}: ${listNames(names, 4)}`,
      ink.dim,
    ),
  );
}
