// A rolling update starts the new pod before the old one has let go of the volume.

import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { matches } from "../../line-match.ts";

const texts = ["lock DB directory: resource temporarily unavailable", "Locked by other process"];
const patterns = texts.map(compilePattern);
const hashOf = (pod: string): string | undefined => pod.match(/-([a-f0-9]{6,10})-[a-z0-9]{5}$/)?.[1];

export const rule = defineRule({
  id: "prometheus/lock-held-by-old-pod",
  title: "The old Prometheus pod still holds the TSDB lock while a rolling update starts the new one",
  why: "A Deployment with strategy RollingUpdate starts the new pod first and stops the old one only when the new one is Ready. With one volume the new one never becomes Ready, because the old one still holds the lock: the rollout never ends.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  needs: ["text.lines", "kubernetes.pods"],
  texts,
  decideWith:
    "kubectl -n NAMESPACE get pods,rs -o wide; kubectl -n NAMESPACE get deploy PROMETHEUS -o jsonpath='{.spec.strategy}'",
  references: [
    "https://github.com/prometheus/prometheus/issues/4761",
    "https://github.com/prometheus-community/helm-charts/issues/2169",
  ],
  check({ "text.lines": lines, "kubernetes.pods": pods }, stack) {
    const line = lines.findLast((candidate) => matches(patterns, candidate));
    if (!line) return [];
    const own = pods.filter(
      (pod) =>
        /prometheus|prom-/.test(pod.name) &&
        !/exporter|operator|alertmanager|adapter|kube-state|pushgateway/.test(pod.name) &&
        hashOf(pod.name),
    );
    const generations = new Set(own.map((pod) => hashOf(pod.name)));
    const old = own.find(
      (pod) =>
        pod.ready === true ||
        (pod.readyContainers !== undefined && pod.readyContainers === pod.totalContainers),
    );
    const fresh = own.find((pod) => pod !== old && hashOf(pod.name) !== hashOf(old?.name ?? ""));
    if (generations.size < 2 || !old || !fresh) return [];
    const component = componentOfLine(stack, line);
    return [
      {
        subject: { kind: "pod", id: fresh.namespace ? `${fresh.namespace}/${fresh.name}` : fresh.name },
        ...(component ? { component: component.id } : {}),
        says: `Pod ${old.name} of the old ReplicaSet is still running and holds the lock; ${fresh.name} cannot start until it ends`,
        proof: [{ ...line.at, excerpt: line.text }, old.at, fresh.at],
        certainty: "proven",
      },
    ];
  },
  fix: (finding) => ({
    summary: "Use strategy Recreate (or a StatefulSet), so that the old pod ends before the new one starts",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: `Change the strategy of the Deployment behind ${finding.subject.id}`,
        command:
          'kubectl -n NAMESPACE patch deployment PROMETHEUS -p \'{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}\'',
      },
    ],
  }),
});
