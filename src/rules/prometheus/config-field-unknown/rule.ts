// A field this version does not know, or one in the wrong place.
import { textRule } from "../../text-rule.ts";

// Loki, Tempo and Mimir print the same sentence, some for a type of a package `config` too (config.ChunkStoreConfig).
const ownTypes =
  /^\W*(?:config\.(?:plain|Config|Global|Scrape|Remote|Alerting|Alertmanager|HTTPClient|TLS|Storage|TSDB|Tracing|Queue|Metadata|Authorization|OAuth|OTLP|Exemplars|Runtime|BasicAuth|Proxy)|discovery\.|kubernetes\.|rulefmt)/;

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
  says: ({ captures }) => {
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
  fix: () => ({
    summary: "Rename or move the field, or upgrade Prometheus",
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
