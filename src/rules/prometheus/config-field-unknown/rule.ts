// A field this version does not know, or one in the wrong place.
import { textRule } from "../../text-rule.ts";

// Loki, Tempo and Mimir print the same sentence, some for a type of a package `config` too (config.ChunkStoreConfig).
const ownTypes =
  /^\W*(?:config\.(?:plain|Config|Global|Scrape|Remote|Alerting|Alertmanager|HTTPClient|TLS|Storage|TSDB|Tracing|Queue|Metadata|Authorization|OAuth|OTLP|Exemplars|Runtime|BasicAuth|Proxy)|discovery\.|kubernetes\.|rulefmt)/;

/** Keys at the top of alertmanager.yml that prometheus.yml never had. */
const alertmanagerKeys: ReadonlySet<string> = new Set([
  "route",
  "receivers",
  "inhibit_rules",
  "templates",
  "time_intervals",
  "mute_time_intervals",
]);

export const rule = textRule({
  id: "prometheus/config-field-unknown",
  title: "prometheus.yml has a field that this Prometheus version does not know in that place",
  why: "Prometheus parses strictly. A field that was renamed or removed, belongs to another section, or needs a newer version makes the whole file invalid.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["line {line#}: field {field} not found in type {type}", "field {field} not found in type {type}"],
  from: ["prometheus"],
  confirm: (hit) => ({
    holds: hit.line.component === "prometheus" || ownTypes.test(hit.captures.type ?? ""),
  }),
  says: ({ captures, lines }) => {
    const named = lines.flatMap(
      ({ text }) => /field (\w+) not found in type config\.plain/.exec(text)?.[1] ?? [],
    );
    const foreign = [...new Set(named)].filter((field) => alertmanagerKeys.has(field));
    if (foreign.length > 0)
      return `${foreign.join(" and ")} ${foreign.length > 1 ? "are keys" : "is a key"} of an Alertmanager configuration: Prometheus (or promtool) reads Alertmanager's file as its own. Give alertmanager.yml to Alertmanager only, and check it with amtool check-config`;
    const better: Readonly<Record<string, string>> = {
      target_groups: "static_configs",
      labels: "external_labels",
      rule_file: "rule_files",
      scrape_config: "scrape_configs",
    };
    const hint = better[captures.field ?? ""];
    const where = captures.line ? ` (line ${captures.line})` : "";
    return `Field ${captures.field}${where} does not exist in ${captures.type?.replace(/[\\"]+$/, "")}${hint ? `; it is called ${hint}` : ": renamed, misplaced, or this version is too old for it"}`;
  },
  rivals: [{ rule: "prometheus/config-invalid", tellApart: "there the file is not YAML at all" }],
  decideWith: "promtool check config /etc/prometheus/prometheus.yml; prometheus --version",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/"],
  fix: (finding) => ({
    summary: /Alertmanager configuration/.test(finding.says)
      ? "Check alertmanager.yml with amtool check-config and mount it into Alertmanager; prometheus.yml names Alertmanager under alerting.alertmanagers"
      : "Rename or move the field, or upgrade Prometheus",
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
