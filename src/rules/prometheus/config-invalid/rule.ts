// prometheus.yml does not parse: the process ends at start, or a reload keeps the old configuration.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { capture, matches } from "../../line-match.ts";

const texts = [
  "parsing YAML file {file}: yaml: {error*}",
  "Error loading config (--config.file={file})…err={error*}",
  "couldn't load configuration (--config.file={file}): {error*}",
  "couldn't load configuration (-config.file={file}): {error*}",
  "Error reloading config…err={error*}yaml: line {line#}: {what*}",
];
const patterns = texts.map(compilePattern);
const notYaml =
  /not found in type|permission denied|operation not permitted|is a directory|no such file|error loading rules|found multiple scrape configs|scrape timeout greater|Alertmanager API version/i;

export const rule = defineRule({
  id: "prometheus/config-invalid",
  title:
    "prometheus.yml is not valid YAML (or has a value of the wrong type), so Prometheus does not load it",
  why: "At start Prometheus ends with this error; at a reload it keeps the old configuration and sets prometheus_config_last_reload_successful to 0. The usual slips are indentation, a tab, or a list where a map is wanted.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "promtool check config /etc/prometheus/prometheus.yml",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/"],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const broken = documents.filter((document) => document.kind === "prometheus" && document.parseError);
    const logged = lines.findLast(
      (line) =>
        (line.component === "prometheus" || !line.component) &&
        matches(patterns, line) &&
        !notYaml.test(line.text) &&
        !isHeadOfFields(line, lines) &&
        /yaml|unmarshal|line \d+/i.test(line.text),
    );
    const findings: FindingDraft[] = [];
    for (const document of broken) {
      const error = document.parseError;
      if (!error) continue;
      const owner = stack.components.find((component) => component.configs.includes(document));
      const file = document.embeddedIn
        ? `${document.embeddedIn.kind} ${document.embeddedIn.name}: ${document.embeddedIn.key}`
        : (document.path ?? document.at.source);
      findings.push({
        subject: { kind: "file", id: file },
        ...(owner ? { component: owner.id } : {}),
        says: `${file} does not parse at line ${error.at.line ?? "?"}: ${error.message}: ${error.excerpt.trim().slice(0, 120)}`,
        proof: [error.at, ...(logged ? [{ ...logged.at, excerpt: logged.text }] : [])],
        certainty: "proven",
      });
    }
    if (broken.length > 0 || !logged) return findings;
    const { file, error = "", what: named } = capture(patterns, logged);
    const what = named ?? (/unmarshal errors:\W*$/.test(error) ? nextLine(logged, lines) : undefined);
    const owner = componentOfLine(stack, logged);
    return [
      {
        subject: { kind: "file", id: file ?? "prometheus.yml" },
        ...(owner ? { component: owner.id } : {}),
        says: `${file ?? "prometheus.yml"} is not valid: ${inWords((what ?? error).replace(/\\?"(?: source=\\?"[^"]*\\?")?$/, "").slice(0, 200))}`,
        proof: [{ ...logged.at, excerpt: logged.text }],
        certainty: "proven",
      },
    ];
  },
  fix: () => ({
    summary: "Correct the named line; check with promtool before you reload",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Check the file",
        command: "promtool check config /etc/prometheus/prometheus.yml",
      },
    ],
  }),
});

/** What stands on the line below `yaml: unmarshal errors:`. */
function nextLine(head: TextLine, lines: readonly TextLine[]): string | undefined {
  return lines
    .find(
      ({ at, text }) =>
        at.source === head.at.source &&
        (at.line ?? 0) > (head.at.line ?? 0) &&
        (at.line ?? 0) <= (head.at.line ?? 0) + 3 &&
        /^\s*line \d+: cannot unmarshal /.test(text),
    )
    ?.text.trim();
}

/** The lists of prometheus.yml by the Go type an error names. Source: config/config.go of Prometheus. */
const lists: Readonly<Record<string, string>> = {
  RemoteWriteConfig: "remote_write",
  RemoteReadConfig: "remote_read",
  ScrapeConfig: "scrape_configs",
  RelabelConfig: "relabel_configs",
  AlertmanagerConfig: "alertmanagers",
};

function inWords(error: string): string {
  const type = /cannot unmarshal !!map into \[\]\*?(?:\w+\.)?(\w+)/.exec(error)?.[1];
  if (!type) return error;
  const key = lists[type];
  return `${error} (a mapping stands where a list belongs: ${key ? `the entries of ${key} begin` : "each entry begins"} with "- ")`;
}

/** `yaml: unmarshal errors:` and nothing else: the next lines name the fields, which another rule reads. */
function isHeadOfFields(line: TextLine, lines: readonly TextLine[]): boolean {
  if (!/unmarshal errors:\s*"?$/.test(line.text)) return false;
  return lines.some(
    (other) =>
      other.at.source === line.at.source &&
      (other.at.line ?? 0) > (line.at.line ?? 0) &&
      (other.at.line ?? 0) <= (line.at.line ?? 0) + 10 &&
      /not found in type/.test(other.text),
  );
}
