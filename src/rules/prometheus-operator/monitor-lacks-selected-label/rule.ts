// A ServiceMonitor (or PodMonitor, PrometheusRule, …) that the Prometheus object does not select: no error anywhere.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { labelsOf, lacking, lineOf, monitorKinds, objectsOf, selectorAt } from "../../../stack/monitors.ts";

export const rule = defineRule({
  id: "prometheus-operator/monitor-lacks-selected-label",
  title:
    "A monitor or rule object lacks the label that the Prometheus object selects, so the operator ignores it",
  why: "The operator takes only monitors whose labels satisfy the selectors of the Prometheus object. kube-prometheus-stack selects the label of its own Helm release by default. Nothing is logged for objects that are not selected; the job is simply missing.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  needs: ["kubernetes.objects"],
  rivals: [
    {
      rule: "prometheus-operator/monitor-selects-no-service",
      tellApart: "there the monitor is taken and its own selector matches no Service",
    },
    {
      rule: "prometheus-operator/monitor-port-unknown",
      tellApart: "there the Service matches and the port name does not",
    },
  ],
  decideWith:
    "kubectl get prometheus -A -o jsonpath='{.items[*].spec.serviceMonitorSelector}'; kubectl get servicemonitor -A --show-labels",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/platform/troubleshooting.md",
  ],
  check(facts) {
    const findings: FindingDraft[] = [];
    const servers = objectsOf(facts, "Prometheus");
    if (servers.length === 0) return [];
    for (const [kind, key] of Object.entries(monitorKinds)) {
      for (const monitor of objectsOf(facts, kind)) {
        const selectors = servers.map((server) => selectorAt(server, "spec", key));
        const [first] = selectors;
        if (!first || selectors.some((selector) => !selector || selector.hasExpressions)) continue;
        if (selectors.some((selector) => selector && lacking(selector, labelsOf(monitor)).length === 0))
          continue;
        const missing = lacking(first, labelsOf(monitor));
        const id = monitor.namespace ? `${monitor.namespace}/${monitor.name}` : monitor.name;
        findings.push({
          subject: { kind: "object", id: `${kind} ${id}` },
          says: `${kind} ${id} lacks the label ${missing.join(", ").replace("=", ": ")} that ${key} of Prometheus ${servers[0]?.name} requires; no job is made from it`,
          proof: [first.at, lineOf(monitor, "metadata", "labels")],
          certainty: "proven",
        });
      }
    }
    return findings;
  },
  fix(finding, facts) {
    const [kind = "", id = ""] = finding.subject.id.split(" ");
    const [namespace, name] = id.includes("/") ? id.split("/") : [undefined, id];
    const monitor = facts["kubernetes.objects"].find(
      (object) => object.kind === kind && object.name === name,
    );
    const server = objectsOf(facts, "Prometheus")[0];
    const selector = server
      ? selectorAt(server, "spec", monitorKinds[kind as keyof typeof monitorKinds])
      : undefined;
    const entries = Object.entries(selector?.labels ?? {});
    if (!monitor || !name || entries.length === 0) return undefined;
    return {
      summary: `Label the ${kind} with ${entries.map(([key, value]) => `${key}: ${value}`).join(", ")} (or select all: serviceMonitorSelectorNilUsesHelmValues=false)`,
      risk: "safe",
      steps: [
        {
          do: "edit-document",
          title: `Add the label to ${kind} ${name}`,
          file: monitor.at,
          edits: entries.map(([key, value]) => ({
            op: "set" as const,
            path: ["metadata", "labels", key],
            value,
          })),
        },
        {
          do: "by-hand",
          title: "The same in the cluster",
          command: `kubectl ${namespace ? `-n ${namespace} ` : ""}label ${kind.toLowerCase()} ${name} ${entries.map(([key, value]) => `${key}=${value}`).join(" ")}`,
        },
      ],
    };
  },
});
