// The positions file was cut off, and the agent cannot start with it.

import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "invalid yaml positions file",
  "error creating promtail…yaml: line {line#}: {what*}",
  "error creating promtail…{what*}could not find expected",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "promtail/positions-file-damaged",
  title: "Promtail's positions file is truncated or not YAML, so Promtail fails at every start",
  why: "The file is rewritten all the time. A crash of the host or a full disk can cut it off. On a hostPath it survives the pod, so deleting the pod does not help.",
  severity: "critical",
  component: "promtail",
  layer: "state",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: ["text.lines"],
  uses: ["config.documents"],
  texts,
  rivals: [
    {
      rule: "promtail-config-invalid",
      tellApart: "promtail.yaml itself would be named, or not parse",
      decideWith: "promtail -check-syntax -config.file promtail.yaml",
    },
  ],
  decideWith: "tail -3 POSITIONS_FILE   # on the node",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/configuration/#positions"],
  check({ "text.lines": lines, "config.documents": documents }, stack) {
    const line = lines.findLast(
      (entry) => (entry.component === "promtail" || !entry.component) && matches(patterns, entry),
    );
    const cut = documents.find((document) => document.kind === "promtail-positions" && document.parseError);
    const config = documents.find((document) => document.kind === "promtail");
    if (!line && !cut) return [];
    if (!cut && config?.parseError) return [];
    const isNamed = /positions/.test(line?.text ?? "");
    const owner = stack.components.find((component) => component.kind === "promtail");
    const at = cut?.parseError?.at ?? cut?.at;
    return [
      {
        subject: { kind: "component", id: owner?.id ?? "promtail" },
        ...(owner ? { component: owner.id } : {}),
        says: `The positions file${cut ? ` ${cut.path ?? cut.at.source}` : ""} is cut off (invalid YAML); Promtail reads it first and ends`,
        proof: [...(line ? [{ ...line.at, excerpt: line.text }] : []), ...(at ? [at] : [])],
        certainty: cut || isNamed ? "proven" : config ? "likely" : "possible",
      },
    ];
  },
  fix: () => ({
    summary:
      "Move the positions file away and start (logs are read again from the start), or set positions.ignore_invalid_yaml: true",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "On the node", command: "mv POSITIONS_FILE POSITIONS_FILE.damaged" }],
  }),
});
