// Loki's file is not YAML, or has a value of the wrong type: fatal at start.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { capture, matches } from "../../line-match.ts";

const texts = [
  "failed parsing config: {file}: yaml: line {line#}: {what*}",
  "failed parsing config: {file}: yaml: {what*}",
  "failed parsing config: yaml: {what*}",
  "failed parsing config: {file} line {line#}: cannot unmarshal {what*}",
  "failed parsing config: {file}: …L{line#}.C{column#}: {what*}",
  "cannot unmarshal {what*} into {type}",
  "error loading config…parsing time {what*}",
  "failed parsing config…parsing time {what*}",
  "failed parsing config: {file}: not a valid duration string: {what*}",
  "error loading config…not a valid duration string: {what*}",
  'msg="validating config" err="invalid {section} config: {what*}',
];
const patterns = texts.map(compilePattern);
/** Other rules say what is wrong there. */
const elsewhere =
  /delete-request-store|retention period must be|MULTIPLE CONFIG ERRORS|CONFIG ERROR|schema|replication|not found in type|already (?:set|defined)|bad substitution|`\$\{|!!str `\$|no such file|permission denied|is a directory/;

/** Sections that only Loki's configuration has. */
const ofLoki =
  /validating config.{1,8}err=.{1,4}invalid (?:ruler|ingester|limits_config|compactor|querier|frontend|storage|chunk|distributor|index.gateway) config/;

export const rule = defineRule({
  id: "loki/config-invalid",
  title: "Loki's configuration is not valid YAML (or has a value of the wrong type), so Loki does not start",
  why: "Loki parses its file once at start and exits with `failed parsing config`. The usual slips: lines shifted by a template whose {% if %} stands indented, a tab, a list where a map is wanted, a duration without its unit.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  rivals: [
    { rule: "loki/config-field-unknown", tellApart: "there the YAML is fine and a field is unknown" },
    { rule: "loki/config-key-twice", tellApart: "there one key stands twice" },
  ],
  decideWith: "loki -config.file=loki.yaml -verify-config",
  references: ["https://grafana.com/docs/loki/latest/configure/"],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const logged = lines.findLast(
      (line) =>
        (line.component === "loki" ||
          (line.component === undefined &&
            (/loki/i.test(line.text) || ofLoki.test(line.text) || followsHeader(line, lines)))) &&
        matches(patterns, line) &&
        !elsewhere.test(line.text) &&
        (/failed parsing config|error loading config|validating config/.test(line.text)
          ? !/unmarshal errors:\W*$/.test(line.text)
          : followsHeader(line, lines)),
    );
    const broken = documents.filter(
      (document) => document.kind === "loki" && document.parseError && !document.template,
    );
    const findings = broken.flatMap((document): FindingDraft[] => {
      const error = document.parseError;
      if (!error || /already (?:set|defined)|duplicate/i.test(error.message)) return [];
      const owner = stack.components.find((component) => component.configs.includes(document));
      const file = document.embeddedIn
        ? `${document.embeddedIn.kind} ${document.embeddedIn.name}: ${document.embeddedIn.key}`
        : (document.path ?? document.at.source);
      return [
        {
          subject: { kind: "file", id: file },
          ...(owner ? { component: owner.id } : {}),
          says: `${file} does not parse at line ${error.at.line ?? "?"}: ${error.message}: ${error.excerpt.trim().slice(0, 120)}`,
          proof: [error.at, ...(logged ? [{ ...logged.at, excerpt: logged.text }] : [])],
          certainty: "proven",
        },
      ];
    });
    if (findings.length > 0 || !logged) return findings;
    const { file, what, line } = capture(patterns, logged);
    const owner = componentOfLine(stack, logged);
    return [
      {
        subject: { kind: "component", id: owner?.id ?? "loki" },
        ...(owner ? { component: owner.id } : {}),
        says: `Loki cannot ${/validating config/.test(logged.text) ? "use" : "parse"} ${file?.replace(/:$/, "") ?? "its configuration"}${line ? `, line ${line}` : ""}: ${reasonOf(logged.text, what)}`,
        proof: [{ ...logged.at, excerpt: logged.text }],
        certainty: "proven",
        ...(logged.timeMs === undefined ? {} : { timeMs: logged.timeMs }),
      },
    ];
  },
  fix: () => ({
    summary:
      "Correct the named line (compare indentation with the block above); check with loki -verify-config before you restart",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Check the file",
        command: "loki -config.file=/etc/loki/local-config.yaml -verify-config",
      },
    ],
  }),
});

function reasonOf(text: string, what: string | undefined): string {
  const duration = /not a valid duration string: \\*"([^"\\]{0,40})/.exec(text)?.[1];
  if (duration !== undefined)
    return `"${duration}" is no duration, a unit is missing: write ${/^\d+$/.test(duration) ? duration : 0}s (often max_look_back_period, retention_period)`;
  const section = /validating config\\?" err=\\?"invalid (.{1,400})/.exec(text)?.[1];
  if (section) return `invalid ${section.replace(/\\?"\s*$/, "").slice(0, 260)}`;
  return (what ?? text).replace(/\.? Use `-config\.expand-env.*$|\\?"$/, "").slice(0, 200);
}

/** The details of `unmarshal errors:` stand on the lines below it. */
function followsHeader(line: TextLine, lines: readonly TextLine[]): boolean {
  return lines.some(
    (other) =>
      other.at.source === line.at.source &&
      /failed parsing config.*unmarshal errors:/.test(other.text) &&
      /loki/i.test(`${other.component ?? ""}${other.text}`) &&
      (line.at.line ?? 0) - (other.at.line ?? 0) > 0 &&
      (line.at.line ?? 0) - (other.at.line ?? 0) < 6,
  );
}
