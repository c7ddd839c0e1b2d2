// A Service nobody stands behind: clients get NXDOMAIN (headless) or refused connections (ClusterIP).
import { defineRule } from "../../../model/rule.ts";

export const rule = defineRule({
  id: "kubernetes/service-without-endpoints",
  title: "A Service of the monitoring stack has no ready endpoint",
  why: "Only Ready pods that the selector matches become endpoints. Without one, a headless Service has no DNS record and a ClusterIP refuses connections. The cause is the pod's state or the selector, never the Service by itself.",
  severity: "warning",
  component: "kubernetes",
  layer: "network",
  nature: "symptom",
  effect: "unreachable",
  needs: ["kubernetes.endpoints"],
  explainedBy: [
    {
      effect: "down",
      via: "selects",
      mechanism: "only Ready pods become endpoints, and this one cannot run",
    },
    { effect: "not-ready", via: "selects", mechanism: "only Ready pods become endpoints" },
    {
      effect: "unreachable",
      via: "selects",
      mechanism: "the Service does not select the pod or names a port it does not have",
    },
    { effect: "host-down", via: "runs-on", mechanism: "the node of the only pod behind it does not work" },
  ],
  decideWith: "kubectl -n NAMESPACE get pods --show-labels; kubectl -n NAMESPACE get svc SERVICE -o yaml",
  references: ["https://kubernetes.io/docs/concepts/services-networking/service/#headless-services"],
  check({ "kubernetes.endpoints": all }, stack) {
    return all.flatMap((endpoints) => {
      if (endpoints.ready.length > 0) return [];
      const behind = stack.components.filter(
        (component) =>
          (!endpoints.namespace || !component.namespace || component.namespace === endpoints.namespace) &&
          (component.services.some((service) => service.name === endpoints.name) ||
            component.name === endpoints.name),
      );
      if (behind.length === 0) return [];
      const id = endpoints.namespace ? `${endpoints.namespace}/${endpoints.name}` : endpoints.name;
      const waiting = endpoints.notReady?.length ? `; ${endpoints.notReady.join(", ")} not ready` : "";
      return [
        {
          subject: { kind: "service" as const, id },
          says: `Service ${id} has no ready address${waiting}`,
          proof: [endpoints.at],
          certainty: "proven" as const,
          concerns: [...behind.map((component) => component.id), id],
        },
      ];
    });
  },
});
