// Values of the chart before 3.0 in the chart of today.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/chart-config-at-top-level",
  title: "The Helm values have Loki's configuration at the top level, which the loki chart refuses since 3.0",
  why: "Until 2.x the grafana/loki chart took the configuration as the value config; since 3.0 it is below loki (loki.config, loki.structuredConfig, or loki.commonConfig, loki.storage and their like), and the chart refuses to render otherwise. The old layout of the volumes (persistence) and the StatefulSet is another one, too.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "config",
  from: "any",
  texts: ["Top level 'config' is not allowed"],
  says: () =>
    "The values for the loki chart have config at the top level (the layout before chart 3.0): the chart refuses to render. Put it below loki: loki.structuredConfig or loki.config",
  decideWith: "helm list -A | grep loki; grep -n '^config:' values.yaml",
  references: ["https://grafana.com/docs/loki/latest/setup/upgrade/upgrade-to-6x/"],
  fix: () =>
    byHand(
      "Move what stands under config: to loki.structuredConfig (single settings are merged over the chart's) and give storage and schema under loki.storage and loki.schemaConfig; or stay on the old chart with --version 2.16.0",
      "In the values file",
      "helm show values grafana/loki",
    ),
});
