// The monitor is taken, its own selector matches no Service: 0 of N targets, all dropped.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { lacking, objectsOf, selectorAt, servicesInReach } from "../../../stack/monitors.ts";

export const rule = defineRule({
  id: "prometheus-operator/monitor-selects-no-service",
  title: "A ServiceMonitor's selector matches the labels of no Service in the namespaces it looks at",
  why: "A ServiceMonitor selects Services by their metadata labels, not pods and not names. Without a match all discovered targets are dropped and nothing is logged. It looks only into its own namespace unless namespaceSelector names others.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  needs: ["kubernetes.objects", "kubernetes.services"],
  decideWith: "kubectl get svc -A --show-labels",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/platform/troubleshooting.md",
  ],
  check(facts) {
    const services = facts["kubernetes.services"].filter((service) => service.labels !== undefined);
    if (services.length === 0) return [];
    const findings: FindingDraft[] = [];
    for (const monitor of objectsOf(facts, "ServiceMonitor")) {
      const selector = selectorAt(monitor, "spec", "selector");
      if (!selector || selector.hasExpressions || Object.keys(selector.labels).length === 0) continue;
      const matching = services.filter((service) => lacking(selector, service.labels ?? {}).length === 0);
      const near = servicesInReach(monitor, services);
      if (near.some((service) => matching.includes(service))) continue;
      const id = monitor.namespace ? `${monitor.namespace}/${monitor.name}` : monitor.name;
      const wanted = Object.entries(selector.labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(", ");
      const elsewhere = matching[0];
      const closest = near.find((service) => service.name === monitor.name) ?? near[0];
      if (!elsewhere && !closest) continue;
      findings.push({
        subject: { kind: "object", id: `ServiceMonitor ${id}` },
        says: elsewhere
          ? `ServiceMonitor ${id} looks only into namespace ${monitor.namespace ?? "its own"}; the Service ${elsewhere.namespace}/${elsewhere.name} it selects is in another: namespaceSelector is missing`
          : `ServiceMonitor ${id} selects Services with ${wanted}; no Service has these labels (${closest?.name} has ${describe(closest?.labels)})`,
        proof: [selector.at, ...(elsewhere ? [elsewhere.at] : closest ? [closest.at] : [])],
        certainty: "proven",
      });
    }
    return findings;
  },
  fix: (finding) => ({
    summary: finding.says.includes("namespaceSelector")
      ? "Set spec.namespaceSelector.matchNames (or any: true) on the ServiceMonitor"
      : "Make the selector and the Service's labels agree",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Compare both", command: "kubectl get svc -A --show-labels" }],
  }),
});

function describe(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length > 0 ? pairs.join(", ") : "no labels";
}
