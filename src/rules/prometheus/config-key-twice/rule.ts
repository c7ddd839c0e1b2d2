// The same key twice in Prometheus's configuration: strict YAML, fatal at start.
import { keysTwice, keyTwiceTexts } from "../../key-twice.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/config-key-twice",
  title: "Prometheus's configuration has the same key twice (duplicate key), so Prometheus refuses the file",
  why: "Prometheus reads its YAML strictly. A key that stands twice in one mapping, typically a block that was pasted below another one of the same name, makes the whole file invalid: the process ends at start, a reload keeps the old configuration.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [...keyTwiceTexts],
  from: ["prometheus"],
  uses: ["config.documents"],
  confirm: (hit) => ({
    holds:
      hit.line.component === "prometheus" ||
      (hit.line.component === undefined && /prometheus/i.test(hit.line.text)) ||
      hit.component?.kind === "prometheus",
  }),
  says: ({ captures }) =>
    `The key ${captures.key} stands twice in Prometheus's configuration (the first in line ${captures.number ?? "?"}): duplicate keys are refused`,
  fromFiles: (facts, stack) =>
    keysTwice(
      facts["config.documents"],
      ["prometheus", "prometheus-rules", "prometheus-web"],
      "prometheus",
      stack,
    ),
  decideWith: "promtool check config prometheus.yml",
  references: ["https://prometheus.io/docs/prometheus/latest/command-line/promtool/"],
  fix: (finding) => ({
    summary: `Merge the two blocks into one and delete the second in ${finding.subject.id}`,
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Merge the two blocks", command: "promtool check config prometheus.yml" },
    ],
  }),
});
