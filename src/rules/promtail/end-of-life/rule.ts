// Promtail gets no more fixes: advice, as long as it works.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { isAtLeast } from "../../../stack/semver.ts";
import { promtailGoneIn } from "../../../stack/settings-by-version.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "promtail/end-of-life",
  title: "Promtail is end of life since 2026-03-02: it works, but gets no more fixes; Alloy takes its place",
  why: "Grafana Labs deprecated Promtail in February 2025 and ended it on 2026-03-02; its code is not part of Loki 3.7. Alloy reads the same files and alloy convert translates the configuration.",
  severity: "notice",
  component: "promtail",
  layer: "version",
  nature: "habit",
  effect: "none",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.pods", "kubernetes.workloads"],
  decideWith: "docker ps --format '{{.Names}} {{.Image}}' | grep promtail",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/"],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "promtail" || !/promtail/.test(component.image ?? "")) return [];
      // a tag that does not exist is a fault of its own
      if (isAtLeast(component.version, promtailGoneIn) === true) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.image} belongs to a program that gets no more fixes; plan the move to Alloy (alloy convert --source-format=promtail)`,
          proof: [component.versionAt ?? component.docker?.at ?? component.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Move to Grafana Alloy: translate the configuration, run both for a moment, then stop Promtail",
      "Translate the configuration",
      "alloy convert --source-format=promtail --output=config.alloy promtail.yaml",
      "safe",
    ),
});
