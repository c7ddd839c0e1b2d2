// One version variable for Loki and Promtail, and Promtail stopped.
import type { FindingDraft } from "../../../model/finding.ts";
import { isAtLeast } from "../../../stack/semver.ts";
import { promtailGoneIn } from "../../../stack/settings-by-version.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/image-gone",
  title: "There is no Promtail image of this version: Promtail is end of life, its last line is 3.6",
  why: "Promtail was deprecated in February 2025 and reached its end of life on 2026-03-02; Loki 3.7.0 and later are released without it. Where one version variable serves Loki and Promtail, the pull of grafana/promtail fails with manifest unknown.",
  severity: "critical",
  component: "promtail",
  layer: "image",
  nature: "cause",
  effect: "down",
  phase: "image",
  from: "any",
  texts: [
    "manifest for grafana/promtail:{tag} not found",
    "grafana/promtail:{tag}: not found",
    'grafana/promtail:{tag}": not found',
    "grafana/promtail:{tag}…manifest unknown",
    "grafana/promtail:{tag}…not found",
  ],
  except: ["toomanyrequests"],
  uses: ["docker.containers", "kubernetes.pods"],
  confirm(hit) {
    const tag = /promtail:v?([\w.-]{1,60})/.exec(hit.line.text)?.[1]?.replace(/[:"]+$/, "");
    const isGone = isAtLeast(tag, promtailGoneIn);
    return isGone === undefined ? { certainty: "possible" } : { holds: isGone };
  },
  says: ({ line }) =>
    `grafana/promtail:${/promtail:([\w.-]{1,60})/.exec(line.text)?.[1] ?? "…"} does not exist: Promtail is end of life and ends with 3.6; pin it to 3.6.x for now and move to Alloy (alloy convert)`,
  fromFiles: (_facts, stack) =>
    stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "promtail" || !/promtail/.test(component.image ?? "")) return [];
      if (isAtLeast(component.version, promtailGoneIn) !== true) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.image} does not exist: Promtail is end of life and ends with 3.6 (Loki ${promtailGoneIn} and later come without it); pin it to 3.6.x and move to Alloy`,
          proof: [component.versionAt ?? component.at],
          certainty: "likely",
        },
      ];
    }),
  decideWith: "docker manifest inspect grafana/promtail:TAG",
  references: [
    "https://grafana.com/docs/loki/latest/send-data/promtail/",
    "https://github.com/grafana/loki/releases",
  ],
  fix: () => ({
    summary:
      "Pin grafana/promtail to its last 3.6 release, and plan the move to Alloy (alloy convert --source-format=promtail)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Give Promtail a version of its own: image: grafana/promtail:3.6.0 or another 3.6 release",
      },
    ],
  }),
});
