// A liveness probe on the readiness path restarts what is only waiting.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";

const readiness: Readonly<Record<string, string>> = {
  loki: "/ready",
  promtail: "/ready",
  prometheus: "/-/ready",
  alertmanager: "/-/ready",
  alloy: "/-/ready",
};

export const rule = defineRule({
  id: "kubernetes/liveness-uses-readiness",
  title:
    "A liveness probe asks the readiness path, so the kubelet kills a program that is only waiting for something",
  why: "Readiness says that a dependency is missing, a WAL is replayed or a ring has not formed; restarting does not help and starts the wait again. Liveness belongs on a path that fails only when the process is stuck (/-/healthy of Prometheus; for Loki none, or a tcpSocket probe).",
  severity: "notice",
  component: "kubernetes",
  layer: "probe",
  nature: "habit",
  effect: "none",
  needs: [],
  needsAny: ["kubernetes.workloads", "kubernetes.pods"],
  decideWith: "kubectl get WORKLOAD -o yaml | grep -A6 livenessProbe",
  references: [
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
  ],
  check(_facts, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const probe = component.container?.livenessProbe;
      const path = readiness[component.kind];
      if (!probe?.path || path === undefined || !probe.path.endsWith(path)) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `The liveness probe of ${component.name} asks ${probe.path}, its readiness path: while ${component.kind} waits, it is killed after ${probe.periodSeconds * probe.failureThreshold} s`,
          proof: [probe.at],
          certainty: "proven",
        },
      ];
    });
  },
});
