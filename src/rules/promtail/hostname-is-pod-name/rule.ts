// Promtail keeps only targets of its own node, and takes the pod's name for the node's.

import type { FindingDraft } from "../../../model/finding.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { valueAt } from "../../../stack/config-value.ts";
import { readPromtailConfig } from "../../../stack/promtail-config.ts";
import { byHand } from "../../by-hand.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { changeObject, containerAt, type ObjectFacts } from "../../change-object.ts";

export const rule = defineRule({
  id: "promtail/hostname-is-pod-name",
  title:
    "Promtail compares __host__ with its pod name, because HOSTNAME is not set to the node's name: it drops every target",
  why: "With kubernetes_sd_configs Promtail follows only targets whose label __host__ (from __meta_kubernetes_pod_node_name) equals its own host name. That is the variable HOSTNAME, which is the pod's name unless the DaemonSet sets it from spec.nodeName. Without it nothing matches, and no line is read.",
  severity: "critical",
  component: "promtail",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  needs: ["config.documents"],
  uses: ["kubernetes.objects", "kubernetes.workloads", "kubernetes.pods"],
  decideWith: "kubectl -n NAMESPACE get ds PROMTAIL -o jsonpath='{.spec.template.spec.containers[0].env}'",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/scraping/#kubernetes-discovery"],
  check({ "config.documents": documents }, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      const spec = component.workload?.spec ?? component.pods.find((pod) => pod.spec)?.spec;
      const { container } = component;
      if (component.kind !== "promtail" || !spec || !container || spec.hostNetwork) return [];
      const all = documents.filter(({ kind, value }) => kind === "promtail" && value !== undefined);
      const doc =
        component.configs.find(({ kind }) => kind === "promtail") ?? (all.length === 1 ? all[0] : undefined);
      const rule = doc
        ? readPromtailConfig(doc)
            .jobs.flatMap(({ relabelings }) => relabelings)
            .find(
              ({ rule: step }) =>
                step.targetLabel === "__host__" &&
                step.sourceLabels?.includes("__meta_kubernetes_pod_node_name"),
            )
        : undefined;
      const isSet =
        container.env?.some(({ name }) => name === "HOSTNAME") ||
        [...(container.args ?? []), ...(container.command ?? [])].some((word) =>
          /-hostname\b|target-config/.test(word),
        );
      if (!rule || isSet) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `${component.name} keeps only targets whose __host__ is its host name, and HOSTNAME is not set from spec.nodeName: its host name is the pod's name, so no target matches`,
          proof: [rule.at, container.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding, facts, stack) =>
    repair(
      "Give Promtail the node's name as its host name",
      "disruptive",
      nodeName(ownerOf(finding, stack), facts),
    ) ??
    byHand(
      "env: [{name: HOSTNAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}] in the DaemonSet",
      "In the container of Promtail",
    ),
});

function nodeName(component: Component | undefined, facts: ObjectFacts): readonly Step[] {
  const { workload, container } = component ?? {};
  if (!workload) return [];
  const entry = { name: "HOSTNAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } };
  return changeObject(facts, workload, "Set HOSTNAME from spec.nodeName", (value) => {
    const at = containerAt(value, container?.name);
    if (!at) return [];
    return Array.isArray(valueAt(value, ...at, "env"))
      ? [{ op: "append", path: [...at, "env"], value: entry }]
      : [{ op: "set", path: [...at, "env"], value: [entry] }];
  });
}
