// The Service matches; the port the monitor names is not the name of one of its ports.

import type { FindingDraft } from "../../../model/finding.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, textAt } from "../../../stack/config-value.ts";
import { lacking, lineOf, objectsOf, selectorAt, servicesInReach } from "../../../stack/monitors.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject } from "../../change-object.ts";
import { splitName } from "../../change-selector.ts";

export const rule = defineRule({
  id: "prometheus-operator/monitor-port-unknown",
  title: "A ServiceMonitor names a port that its Service does not have under that name",
  why: "endpoints[].port is the name of a port of the Service, not a number and not the container's port. With another name every endpoint is dropped: 0 of N targets.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  needs: ["kubernetes.objects", "kubernetes.services"],
  uses: ["config.documents"],
  decideWith: "kubectl -n NAMESPACE get svc SERVICE -o jsonpath='{.spec.ports}'",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/blob/main/Documentation/platform/troubleshooting.md",
  ],
  check(facts) {
    const findings: FindingDraft[] = [];
    for (const monitor of objectsOf(facts, "ServiceMonitor")) {
      const selector = selectorAt(monitor, "spec", "selector");
      if (!selector || selector.hasExpressions) continue;
      const services = servicesInReach(monitor, facts["kubernetes.services"]).filter(
        (service) => service.labels && service.ports && lacking(selector, service.labels).length === 0,
      );
      if (services.length === 0) continue;
      listAt(monitor.value, "spec", "endpoints").forEach((endpoint, i) => {
        const port = textAt(endpoint, "port");
        if (
          port === undefined ||
          services.some((service) => service.ports?.some((entry) => entry.name === port))
        )
          return;
        const [service] = services;
        const names = service?.ports?.map((entry) => entry.name ?? `${entry.port} (no name)`).join(", ");
        const id = monitor.namespace ? `${monitor.namespace}/${monitor.name}` : monitor.name;
        findings.push({
          subject: { kind: "object", id: `ServiceMonitor ${id}` },
          says: `ServiceMonitor ${id} scrapes port "${port}", but Service ${service?.name} has no port with that name (it has: ${names})`,
          proof: [
            lineOf(monitor, "spec", "endpoints", i, "port"),
            ...(service ? [service.ports?.[0]?.at ?? service.at] : []),
          ],
          certainty: "proven",
        });
      });
    }
    return findings;
  },
  fix: (finding, facts) =>
    repair(
      "Name the Service's one port in the monitor",
      "safe",
      changeObject(
        facts,
        { kind: "ServiceMonitor", ...splitName(finding.subject.id.split(" ")[1] ?? "") },
        "Name the port as the Service does",
        (value) => portEdits(value, finding.says),
      ),
    ) ?? {
      summary:
        "Name the Service's port and use that name in the ServiceMonitor (or targetPort for the container's port)",
      risk: "safe",
      steps: [{ do: "by-hand", title: "Make the two names equal" }],
    },
});

/** Only where the Service has one port, and it has a name. */
function portEdits(value: unknown, says: string): readonly DocumentEdit[] {
  const [, wrong] = /scrapes port "([^"]*)"/.exec(says) ?? [];
  const [, right] = /\(it has: ([\w-]+)\)$/.exec(says) ?? [];
  if (right === undefined) return [];
  return listAt(value, "spec", "endpoints").flatMap((endpoint, i): DocumentEdit[] =>
    textAt(endpoint, "port") === wrong
      ? [{ op: "set", path: ["spec", "endpoints", i, "port"], value: right }]
      : [],
  );
}
