// `-config.file=` was the form of 2017; today one dash introduces one letter.
import type { ComponentKind } from "../../../model/component.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { isBefore } from "../../../stack/semver.ts";
import { byHand } from "../../by-hand.ts";

/** The first version of each program that wants two dashes. Sources: their CHANGELOG files. */
const since: Partial<Record<ComponentKind, string>> = {
  prometheus: "2.0.0",
  alertmanager: "0.13.0",
  "node-exporter": "0.15.0",
  "blackbox-exporter": "0.11.0",
  pushgateway: "0.5.0",
};
const single = /^-([a-z][a-z0-9]*(?:[.-][a-z0-9-]+)+)(?:=|$)/;

export const rule = defineRule({
  id: "prometheus/flags-need-two-dashes",
  title:
    "A long flag is written with one dash (-config.file): this version wants two dashes (--config.file) and ends at once",
  why: "Prometheus 2, Alertmanager 0.13, node-exporter 0.15, blackbox-exporter 0.11 and later parse `-config.file` as the short flag -c. They end with `unknown short flag '-c'` before anything is logged in the usual form. Manifests and units of the years before still carry the old form.",
  severity: "critical",
  component: "prometheus",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "flags",
  needs: [],
  needsAny: ["docker.containers", "kubernetes.pods", "kubernetes.workloads", "host.processes"],
  explains: [
    {
      rule: "prometheus/flag-unknown",
      via: "same-component",
      mechanism: "the first letter of a long flag with one dash is taken for a short flag",
    },
  ],
  decideWith:
    "kubectl get pod POD -o jsonpath='{.spec.containers[*].args}'; docker inspect -f '{{json .Args}}' CONTAINER",
  references: ["https://prometheus.io/docs/prometheus/latest/migration/#flags"],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const first = since[component.kind];
      if (!first || isBefore(component.version, first) === true) return [];
      const wrong = wrongFlags(component);
      const [head] = wrong;
      if (!head) return [];
      const names = wrong.map(({ text }) => text.split("=")[0]).join(", ");
      const known = isBefore(component.version, first) === false;
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.name} is started with ${names} (one dash), and ${component.kind} ${component.version ?? `${first} and later`} wants two: write -${head.text}`,
          proof: wrong.slice(0, 3).map(({ at }) => at),
          certainty: known ? "proven" : "likely",
        },
      ];
    });
  },
  fix: (finding) =>
    byHand(
      `Write the flags with two dashes: ${/write (\S.*)$/.exec(finding.says)?.[1] ?? "--config.file=FILE"}; then restart`,
      "In the manifest, compose file or unit",
      undefined,
      "disruptive",
    ),
});

function wrongFlags({ args }: Component): readonly { text: string; at: Place }[] {
  return args.filter(({ text }) => single.test(text.slice(0, 200)));
}
