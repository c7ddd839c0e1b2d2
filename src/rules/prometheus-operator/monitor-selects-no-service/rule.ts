// The monitor is taken, its own selector matches no Service: 0 of N targets, all dropped.

import type { FindingDraft } from "../../../model/finding.ts";
import type { Service } from "../../../model/kubernetes.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, valueAt } from "../../../stack/config-value.ts";
import { lacking, objectsOf, type Selector, selectorAt, servicesInReach } from "../../../stack/monitors.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject } from "../../change-object.ts";
import { splitName } from "../../change-selector.ts";

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
  uses: ["config.documents"],
  decideWith: "kubectl get svc -A --show-labels",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/platform/troubleshooting.md",
  ],
  check(facts) {
    // A table does not show labels; a manifest without any has none.
    const services = facts["kubernetes.services"].filter(
      (service) => service.labels !== undefined || service.origin === "manifest",
    );
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
      const meant = near.find((service) => service.name === monitor.name) ?? near.find(hasValueOf(selector));
      // A list from the cluster is complete. A folder of manifests is not: the Services of the API server, the kubelet
      // and the DNS are in none, so there only the Service that was meant proves the mismatch.
      const closest = meant ?? near.find((service) => service.origin === "live");
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
  fix: (finding, facts) =>
    repair(
      "Let the monitor look where the Service is, for the labels it has",
      "safe",
      changeObject(
        facts,
        { kind: "ServiceMonitor", ...splitName(finding.subject.id.split(" ")[1] ?? "") },
        "Let the monitor select the Service",
        (value) => namespaceEdits(value, finding.says) ?? labelEdits(value, finding.says),
      ),
    ) ?? {
      summary: finding.says.includes("namespaceSelector")
        ? "Set spec.namespaceSelector.matchNames (or any: true) on the ServiceMonitor"
        : "Make the selector and the Service's labels agree",
      risk: "safe",
      steps: [{ do: "by-hand", title: "Compare both", command: "kubectl get svc -A --show-labels" }],
    },
});

/** One of the wanted values stands there under another key, or the Service is named by it. */
function hasValueOf(selector: Selector): (service: Service) => boolean {
  const wanted = Object.values(selector.labels);
  return ({ name, labels }) =>
    wanted.includes(name) || Object.values(labels ?? {}).some((value) => wanted.includes(value));
}

function describe(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length > 0 ? pairs.join(", ") : "no labels";
}

function namespaceEdits(value: unknown, says: string): readonly DocumentEdit[] | undefined {
  const [, namespace] = /the Service ([\w.-]+)\/\S+ it selects is in another/.exec(says) ?? [];
  if (namespace === undefined) return undefined;
  const path = ["spec", "namespaceSelector", "matchNames"];
  return listAt(value, ...path).length > 0
    ? [{ op: "append", path, value: namespace }]
    : [{ op: "set", path, value: [namespace] }];
}

/** The Service has the very value under another key: `app=cart` for `app.kubernetes.io/name=cart`. */
function labelEdits(value: unknown, says: string): readonly DocumentEdit[] {
  const has = /\(\S+ has ([^)]*)\)$/.exec(says)?.[1]?.split(", ") ?? [];
  const path = ["spec", "selector", "matchLabels"];
  const pairs = Object.entries(valueAt(value, ...path) ?? {});
  const [pair, other] = pairs;
  if (!pair || other) return [];
  const [same, second] = has.filter((one) => one.endsWith(`=${pair[1]}`));
  const key = same?.split("=")[0];
  if (key === undefined || second !== undefined || key === pair[0]) return [];
  return [
    { op: "set", path: [...path, key], value: pair[1] },
    { op: "remove", path: [...path, pair[0]] },
  ];
}
