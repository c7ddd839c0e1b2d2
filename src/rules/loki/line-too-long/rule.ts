// Single log lines above max_line_size.
import { placedText } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/line-too-long",
  title: "Log lines are longer than limits_config.max_line_size, and Loki rejects them",
  why: "Since 3.0 a line may have 256 KB (limits_config.max_line_size: 256KB; before there was no limit). Longer ones are refused with 400 and reason line_too_long, and agents do not retry a 400: those lines are lost.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "Max entry size '{limit#}' bytes exceeded for stream{rest*}",
    "Max entry size {limit#} bytes exceeded for stream{rest*}",
  ],
  from: ["loki", "promtail", "alloy", "grafana"],
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const set = lokiSettings(facts, stack, hit.component).flatMap(
      ({ doc }) => placedText(doc, "limits_config", "max_line_size") ?? [],
    )[0];
    return { holds: true, ...(set ? { proof: [set.at] } : {}) };
  },
  says: ({ captures }) => {
    const length = /length '?(\d{1,15})'? bytes/.exec(captures.rest ?? "")?.[1];
    return `A line${length ? ` of ${length} bytes` : ""} exceeds max_line_size (${captures.limit} bytes${captures.limit === "262144" ? ", the default 256KB" : ""}) and is dropped: set limits_config.max_line_size_truncate: true, or raise limits_config.max_line_size`;
  },
  rivals: [
    {
      rule: "loki/batch-exceeds-burst",
      tellApart: "that is 429 and names the ingestion rate or burst, not one entry",
    },
  ],
  decideWith:
    "curl -s http://LOKI:3100/metrics | grep 'loki_discarded_samples_total{reason=\"line_too_long\"'",
  references: [
    "https://github.com/grafana/loki/blob/main/pkg/validation/validate.go",
    "https://grafana.com/docs/loki/latest/configure/#limits_config",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set limits_config.max_line_size_truncate: true (keeps the beginning of such lines), or raise limits_config.max_line_size",
      [{ path: ["limits_config", "max_line_size_truncate"], value: true }],
    ),
});
