// A good file, read by the wrong program: each names the other's top-level keys as unknown fields.
import type { ComponentKind } from "../../../model/component.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { TextLine } from "../../../model/text.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

/** Top-level keys by which a file gives away whose it is. Sources: the configuration references of the four programs. */
const keys: Partial<Record<ComponentKind, ReadonlySet<string>>> = {
  promtail: new Set(["positions", "clients", "client", "scrape_configs", "target_config"]),
  loki: new Set([
    "auth_enabled",
    "common",
    "ingester",
    "schema_config",
    "storage_config",
    "limits_config",
    "chunk_store_config",
    "table_manager",
    "compactor",
    "ruler",
    "querier",
    "frontend",
    "query_range",
  ]),
  prometheus: new Set(["scrape_configs", "rule_files", "alerting", "remote_write", "remote_read", "storage"]),
  alertmanager: new Set([
    "route",
    "receivers",
    "inhibit_rules",
    "templates",
    "time_intervals",
    "mute_time_intervals",
  ]),
};
const texts = ["field {field} not found in type {type}"];
const patterns = texts.map(compilePattern);
const field = /field ([\w.]{1,60}) not found in type (\w[\w.]{0,60})/g;

export const rule = defineRule({
  id: "host/config-of-another-program",
  title:
    "A program reads the configuration of another one (Promtail's by Loki, Prometheus' by Alertmanager), so it knows none of its keys",
  why: "Loki, Promtail, Prometheus and Alertmanager read strict YAML and name each unknown top-level key. When the unknown keys are just those that make up another program's file, no key is wrong: -config.file, a mount, a ConfigMap key or the binary's name leads to the wrong file.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: ["text.lines"],
  texts,
  explains: [
    "promtail/config-invalid",
    "loki/config-field-unknown",
    "loki/config-invalid",
    "prometheus/config-field-unknown",
    "prometheus/config-invalid",
    "alertmanager/config-rejected",
  ].map((rule) => ({
    rule,
    via: "anything" as const,
    mechanism: "the file is another program's, so its keys are unknown",
  })),
  decideWith: "ps -o args -C loki,promtail,prometheus,alertmanager; head -20 FILE",
  references: ["https://github.com/grafana/loki/issues/3052"],
  check({ "text.lines": lines }, stack) {
    const named = lines.filter((line) => matches(patterns, line));
    const groups = new Map<string, TextLine[]>();
    for (const line of named) {
      const group = groups.get(line.at.source);
      if (group) group.push(line);
      else groups.set(line.at.source, [line]);
    }
    return [...groups.values()].flatMap((group): FindingDraft[] => {
      const found = group.flatMap(({ text }) => [...text.slice(0, 4_000).matchAll(field)]);
      // only the top level of a file: main.Config, config.plain, loki.ConfigWrapper
      const top = found.filter(([, , type = ""]) =>
        /^(?:main\.Config|config\.(?:plain|Config)|loki\.Config(?:Wrapper)?)$/.test(type),
      );
      const names = [...new Set(top.map(([, name = ""]) => name))];
      const owner = ownerOf(names);
      const first = group[0];
      if (!owner || !first || names.length < 2 || top.length < found.length) return [];
      const reader = readerOf(top[0]?.[2] ?? "", first, owner);
      // Alertmanager's file in Prometheus is told by prometheus/config-field-unknown
      if (reader === owner || owner === "alertmanager") return [];
      const component = componentOfLine(stack, first);
      return [
        {
          subject: { kind: "component", id: component?.id ?? reader ?? "host" },
          ...(component ? { component: component.id } : {}),
          says: `The file that ${reader ? `${reader} reads` : "is read"} is ${owner}'s configuration (${names.join(", ")} are keys of ${owner}): the file or the program that is started is the wrong one`,
          proof: group.slice(0, 3).map((line) => ({ ...line.at, excerpt: line.text })),
          certainty: "likely",
          ...(first.timeMs === undefined ? {} : { timeMs: first.timeMs }),
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      `Start the program the file belongs to (${/is (\w+)'s configuration/.exec(finding.says)?.[1] ?? "see the keys"}), or give this one its own file in -config.file`,
      "Look at which binary and which file are started",
      "ps -o args -C loki,promtail,prometheus,alertmanager",
      "safe",
    ),
});

/** All unknown keys belong to one program. */
function ownerOf(names: readonly string[]): ComponentKind | undefined {
  const fits = Object.entries(keys).filter(([, own]) => names.every((name) => own?.has(name)));
  return fits.length === 1 ? (fits[0]?.[0] as ComponentKind) : undefined;
}

/** Who complains: by the type it names. `main.Config` was both Loki's and Promtail's in their early years. */
function readerOf(type: string, line: TextLine, owner: ComponentKind): ComponentKind | undefined {
  if (type.startsWith("loki.")) return "loki";
  if (type === "main.Config")
    return owner === "promtail" ? "loki" : owner === "loki" ? "promtail" : line.component;
  if (type === "config.plain")
    return owner === "alertmanager" ? "prometheus" : owner === "prometheus" ? "alertmanager" : undefined;
  return line.component;
}
