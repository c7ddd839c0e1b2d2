// The report as SARIF 2.1.0 for code scanning: one result per thing to fix, its symptoms as related locations.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
import type { Finding, Severity } from "../model/finding.ts";
import type { Proof } from "../model/place.ts";
import type { Report } from "../model/report.ts";
import { fingerprint } from "./fingerprint.ts";
import type { RuleText } from "./rule-text.ts";
import { type Effects, tellStory } from "./story.ts";
import { oneLine, visible } from "./text/safe.ts";
import { count, verdictLine } from "./verdict.ts";

/** A finding somebody has decided to live with. Without `subject` and `finding` it covers the rule everywhere. */
export interface Suppression {
  readonly rule: string;
  readonly subject?: string;
  /** Id of the one finding it covers. */
  readonly finding?: string;
  readonly justification: string;
  /** Written as a comment beside the code, not in a file of its own. */
  readonly inSource?: boolean;
}

export interface SarifOptions {
  /** Texts for the rules' help; what the findings say is used where one is missing. */
  readonly rules?: readonly RuleText[];
  readonly suppressions?: readonly Suppression[];
}

const excerptCap = 2000;

export function renderSarif(report: Report, options: SarifOptions = {}): string {
  const shown = resultsOf(report);
  const ruleIds = [...new Set(shown.map(({ finding }) => finding.rule))];
  const texts = new Map((options.rules ?? []).map((rule) => [rule.id, rule]));
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "watchmend",
            version: visible(report.tool.version),
            rules: ruleIds.map((id) => descriptor(id, texts.get(id), shown)),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: report.coverage.missing.map((gap) => ({
              level: "warning",
              message: message(
                `Could not look at ${gap.what}: ${gap.because}${gap.decideWith ? `. To look: ${gap.decideWith}` : ""}`,
              ),
            })),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: shown.map(({ finding, effects }) => result(finding, effects, ruleIds, options.suppressions)),
        properties: {
          verdict: report.verdict,
          summary: verdictLine(report),
          rules: report.coverage.rules,
        },
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

interface Shown {
  readonly finding: Finding;
  readonly effects: readonly Finding[];
}

/** Everything that needs a decision; symptoms of a known cause go away with it and hang on its result. */
function resultsOf(report: Report): Shown[] {
  const story = tellStory(report);
  const causes = story.causes.flatMap(({ first, others }) => [first, ...others]);
  const alone = [...story.unexplained, ...story.latent, ...story.notices];
  return [
    ...causes.map((cause) => ({
      finding: cause.finding,
      effects: [...flatten(cause.effects), ...cause.alsoExplains],
    })),
    ...alone.map((finding) => ({ finding, effects: [] })),
  ];
}

function flatten(effects: readonly Effects[]): Finding[] {
  return effects.flatMap((effect) => [...effect.findings, ...flatten(effect.next)]);
}

const levels: Readonly<Record<Severity, "error" | "warning" | "note">> = {
  critical: "error",
  warning: "warning",
  notice: "note",
};

const precisions = { proven: "very-high", likely: "high", possible: "medium" } as const;

function descriptor(id: string, text: RuleText | undefined, shown: readonly Shown[]) {
  const example = shown.find(({ finding }) => finding.rule === id)?.finding;
  const title = text?.title ?? example?.title ?? id;
  const why = text?.why ?? title;
  const references = text?.references ?? [];
  const link = references.find((reference) => /^https:\/\/\S+$/.test(reference));
  const severity = text?.severity ?? example?.severity ?? "warning";
  const sections = [
    why,
    ...(text?.rivals ?? []).map((rival) => `Not to be confused with ${rival.rule}: ${rival.tellApart}`),
    ...(references.length > 0 ? [`See ${references.join(" ")}`] : []),
    `More: watchmend explain ${id}`,
  ].map(oneLine);
  return {
    id: oneLine(id),
    name: oneLine(id)
      .split(/[^\p{L}\p{N}]+/u)
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: message(title),
    fullDescription: message(why),
    help: { text: sections.join("\n\n") },
    ...(link ? { helpUri: link } : {}),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      tags: ["monitoring", text?.component ?? example?.component ?? "", text?.layer ?? example?.layer ?? ""],
      precision: precisions[example?.certainty ?? "likely"],
      "problem.severity": { critical: "error", warning: "warning", notice: "recommendation" }[severity],
    },
  };
}

function result(
  finding: Finding,
  effects: readonly Finding[],
  ruleIds: readonly string[],
  suppressions: readonly Suppression[] | undefined,
) {
  const [primary, ...further] = finding.proof;
  const related = [
    ...further.map((proof) => location(proof, "also shown here")),
    ...effects.map((effect) =>
      location(effect.proof[0], `symptom: ${effect.title} (${effect.subject.id}): ${effect.says}`, effect),
    ),
  ];
  const fixes = fixesOf(finding);
  return {
    ruleId: oneLine(finding.rule),
    ruleIndex: ruleIds.indexOf(finding.rule),
    level: levels[finding.severity],
    message: message(
      `${finding.title}: ${finding.says}${effects.length > 0 ? ` (${count(effects.length, "symptom follows", "symptoms follow")})` : ""}`,
    ),
    locations: [location(primary, undefined, finding)],
    ...(related.length > 0 ? { relatedLocations: related.map((one, id) => ({ id: id + 1, ...one })) } : {}),
    partialFingerprints: {
      "watchmendFinding/v1": fingerprint([finding.rule, finding.subject.kind, finding.id]),
    },
    ...(suppressions ? { suppressions: suppressionsOf(finding, suppressions) } : {}),
    ...(fixes.length > 0 ? { fixes } : {}),
    rank: { proven: 100, likely: 70, possible: 40 }[finding.certainty],
    properties: {
      id: finding.id,
      role: finding.role,
      certainty: finding.certainty,
      component: finding.component,
      layer: finding.layer,
      ...(finding.fix ? { fix: oneLine(finding.fix.summary), risk: finding.fix.risk } : {}),
      ...(finding.decideWith ? { decideWith: visible(finding.decideWith) } : {}),
    },
  };
}

function suppressionsOf(finding: Finding, suppressions: readonly Suppression[]) {
  return suppressions
    .filter(
      (one) =>
        one.rule === finding.rule &&
        (one.subject === undefined || one.subject === finding.subject.id) &&
        (one.finding === undefined || one.finding === finding.id),
    )
    .map((one) => ({
      kind: one.inSource ? "inSource" : "external",
      status: "accepted",
      justification: oneLine(one.justification),
    }));
}

function location(proof: Proof | undefined, text: string | undefined, about?: Finding) {
  return {
    ...(proof ? { physicalLocation: physical(proof) } : {}),
    ...(about
      ? { logicalLocations: [{ fullyQualifiedName: oneLine(about.subject.id), kind: about.subject.kind }] }
      : {}),
    ...(text ? { message: message(text) } : {}),
  };
}

function physical(proof: Proof) {
  const excerpt = visible(proof.excerpt).slice(0, excerptCap);
  const lines = proof.excerpt.replace(/\n+$/, "").split("\n").length;
  return {
    artifactLocation: artifact(proof.source),
    ...(proof.line === undefined
      ? {}
      : {
          region: {
            startLine: proof.line,
            ...(lines > 1 ? { endLine: proof.line + lines - 1 } : {}),
            snippet: { text: excerpt },
          },
        }),
  };
}

/** A relative path is resolved by whoever shows the result; a locator or an absolute path stands for itself. */
function artifact(source: string) {
  const uri = visible(source).split("/").map(encodeURIComponent).join("/");
  if (uri.startsWith("/")) return { uri: `file://${uri}` };
  return { uri: uri || "-", uriBaseId: "%SRCROOT%" };
}

/** Text edits of files that were read can be offered as fixes; everything else needs `watchmend remediate`. */
function fixesOf(finding: Finding) {
  const steps = (finding.fix?.steps ?? []).flatMap((step) => (step.do === "replace-lines" ? [step] : []));
  if (!finding.fix || steps.length === 0 || steps.length !== finding.fix.steps.length) return [];
  return [
    {
      description: message(finding.fix.summary),
      artifactChanges: steps.map((step) => ({
        artifactLocation: artifact(step.file.source),
        replacements: [
          {
            deletedRegion: { startLine: step.from, endLine: step.to },
            insertedContent: { text: step.replacement },
          },
        ],
      })),
    },
  ];
}

/** In SARIF messages `[text](target)` is a link and `{0}` a placeholder; evidence must be neither. */
function message(text: string): { text: string } {
  return {
    text: oneLine(text)
      .replace(/\\(?=[[\]])/g, "\\\\")
      .replace(/[[\]]/g, "\\$&")
      .replace(/\{(\d+)\}/g, "{{$1}}"),
  };
}
