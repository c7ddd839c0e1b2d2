// Streams with more labels than Loki allows.
import { placedNumber } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/too-many-labels",
  title: "Streams have more labels than limits_config.max_label_names_per_series, and Loki rejects them",
  why: "limits_config.max_label_names_per_series was 30 and is 15 since 3.0. Agents that keep every Kubernetes label exceed it; such a stream is refused with 400 and lost completely.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-data-in",
  texts: ["has {count#} label names; limit {limit#}"],
  from: ["loki", "promtail", "alloy", "grafana"],
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const set = lokiSettings(facts, stack, hit.component).flatMap(
      ({ doc }) => placedNumber(doc, "limits_config", "max_label_names_per_series") ?? [],
    )[0];
    return { holds: true, ...(set ? { proof: [set.at] } : {}) };
  },
  says: ({ captures }) =>
    `Streams with ${captures.count} labels are refused: the limit is ${captures.limit} (limits_config.max_label_names_per_series${captures.limit === "15" ? ", 15 by default since Loki 3.0, 30 before" : ""}). Drop labels in the agent (labeldrop, labelkeep) or raise the limit`,
  rivals: [
    {
      rule: "loki/too-many-streams",
      tellApart: "there the number of streams is too high, not that of labels",
    },
  ],
  decideWith:
    "curl -s http://LOKI:3100/metrics | grep 'loki_discarded_samples_total{reason=\"max_label_names_per_series\"'",
  references: [
    "https://github.com/grafana/loki/blob/main/pkg/validation/validate.go",
    "https://grafana.com/docs/loki/latest/setup/upgrade/",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Drop labels in the agent (labelkeep or labeldrop), or set limits_config.max_label_names_per_series: 30",
      [{ path: ["limits_config", "max_label_names_per_series"], value: 30 }],
    ),
});
