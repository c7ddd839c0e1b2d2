// Loki 4 has no read, write and backend targets any more.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { isAtLeast } from "../../../stack/semver.ts";

const goneIn = "4.0.0";
const flag = /^-{1,2}target[= ]["']?(read|write|backend|table-manager)["']?$/;

export const rule = defineRule({
  id: "loki/scalable-target-removed",
  title: "Loki 4 no longer has the simple scalable targets read, write and backend",
  why: "Version 4.0 removes the simple scalable mode with its targets read, write and backend, the table manager and -legacy-read-mode. A process that is started with one of them exits.",
  severity: "critical",
  component: "loki",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "flags",
  needs: [],
  needsAny: ["kubernetes.pods", "kubernetes.workloads", "docker.containers", "host.processes"],
  references: ["https://grafana.com/docs/loki/latest/setup/upgrade/"],
  decideWith: "kubectl get pods -o jsonpath='{..image} {..args}'",
  check: (_facts, stack) =>
    stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "loki" || isAtLeast(component.version, goneIn) !== true) return [];
      const bad = component.args.find(({ text }, index) => {
        const next = component.args[index + 1]?.text ?? "";
        return flag.test(text) || flag.test(`${text} ${next}`) || /^-{1,2}legacy-read-mode/.test(text);
      });
      if (!bad) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.name} runs Loki ${component.version} with ${bad.text}: the simple scalable mode was removed in 4.0. Stay on 3.x, or move to distributed or to replicas of -target=all`,
          proof: [bad.at, ...(component.versionAt ? [component.versionAt] : [])],
          certainty: "proven",
        },
      ];
    }),
  fix: () => ({
    summary:
      "Go back to the last 3.x image, then plan the move from the simple scalable mode to distributed or replicated single binary",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Pin the image to 3.x until the migration is done" }],
  }),
});
