// The Service finds its pods, and sends them packets on a port nobody listens on.

import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Pod, PodSpec, ServicePort, Workload } from "../../../model/kubernetes.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, textAt } from "../../../stack/config-value.ts";
import { indexByLabels } from "../../../stack/label-index.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject } from "../../change-object.ts";
import { splitName } from "../../change-selector.ts";

export const rule = defineRule({
  id: "kubernetes/service-port-unknown",
  title: "A Service's targetPort is no port of the pods it selects",
  why: "targetPort is the port (or the name of a port) of the container. A name that no container declares leaves the Service without endpoints for that port; a number nobody listens on lets every connection be refused, although the pods are Ready.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  needs: ["kubernetes.services"],
  uses: ["config.documents", "kubernetes.objects", "kubernetes.pods", "kubernetes.workloads"],
  decideWith:
    "kubectl -n NAMESPACE get svc SERVICE -o jsonpath='{.spec.ports}'; kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].ports}'",
  references: ["https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports"],
  check(facts, stack) {
    const findings: FindingDraft[] = [];
    const workloads = indexByLabels(facts["kubernetes.workloads"], (entry) => entry.templateLabels);
    const manifests = manifestsByName(facts);
    const pods = indexByLabels(facts["kubernetes.pods"], (entry) => entry.labels);
    for (const service of facts["kubernetes.services"]) {
      if (!service.ports) continue;
      const owners = [...workloads.selectedBy(service.selector), ...pods.selectedBy(service.selector)].filter(
        ({ namespace, spec }) =>
          (!service.namespace || !namespace || namespace === service.namespace) &&
          (spec?.containers.length ?? 0) > 0,
      );
      if (owners.length === 0) continue;
      const verdictsOf = (port: ServicePort) =>
        owners.flatMap((owner) => specsOf(owner, manifests).map((spec) => has(spec, targetOf(port))));
      const reached = service.ports.filter((port) => !isPeerPort(port) && verdictsOf(port).includes(true));
      for (const port of service.ports) {
        const wanted = targetOf(port);
        // Many declare only the port they serve people at: a further one, or one among peers, need not be declared.
        if (isNumber(wanted) && (reached.length > 0 || isPeerPort(port))) continue;
        const verdicts = verdictsOf(port);
        if (verdicts.some((verdict) => verdict !== false)) continue;
        const [owner] = owners;
        const declared = (owner?.spec?.containers ?? []).flatMap((container) =>
          (container.ports ?? []).map((entry) =>
            entry.name ? `${entry.name} (${entry.containerPort})` : String(entry.containerPort),
          ),
        );
        const isName = !isNumber(wanted);
        const id = service.namespace ? `${service.namespace}/${service.name}` : service.name;
        const component = stack.components.find(
          (entry) => entry.workload === owner || entry.pods.some((pod) => pod === owner),
        );
        findings.push({
          subject: { kind: "service", id },
          ...(component ? { component: component.id } : {}),
          says: `Service ${id} sends port ${port.port} to targetPort ${wanted}, but the pods of ${owner?.name} have ${declared.length > 0 ? `only ${declared.join(", ")}` : "no port of that name"}`,
          proof: [
            port.at,
            ...(owner ? [owner.spec?.containers.find((entry) => !entry.init)?.at ?? owner.at] : []),
          ],
          certainty: isName ? "proven" : "likely",
          concerns: [id, ...(component ? [component.id] : [])],
        });
      }
    }
    return findings;
  },
  fix: (finding, facts) =>
    repair(
      "Send the port to the one the container has",
      "safe",
      onlyPort(finding.says)
        ? changeObject(
            facts,
            { kind: "Service", ...splitName(finding.subject.id) },
            `Send it to ${onlyPort(finding.says)}`,
            (value) => targetEdits(value, finding.says),
          )
        : [],
    ) ?? {
      summary:
        "Set the Service's targetPort to the port (or port name) that the container declares and listens on",
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Correct the Service's targetPort",
          command: "kubectl -n NAMESPACE edit svc SERVICE",
        },
      ],
    },
});

function isNumber(port: string): boolean {
  return /^\d+$/.test(port);
}

/** Gossip and gRPC among the replicas of one program (memberlist 7946, Alertmanager's cluster 9094, Loki's and Tempo's gRPC 9095). */
function isPeerPort(port: ServicePort): boolean {
  return (
    /grpc|gossip|memberlist|mesh|cluster|ring|peer/i.test(port.name ?? "") ||
    ["7946", "9094", "9095"].includes(targetOf(port))
  );
}

function targetOf({ targetPort, port }: ServicePort): string {
  return targetPort ?? String(port);
}

/** Manifests by kind and name: a kustomize patch of the same name adds to its workload. */
function manifestsByName({ "kubernetes.workloads": workloads }: Pick<Facts, "kubernetes.workloads">) {
  const byName = new Map<string, Workload[]>();
  for (const workload of workloads) {
    if (workload.origin !== "manifest") continue;
    const key = `${workload.kind} ${workload.name}`;
    byName.set(key, [...(byName.get(key) ?? []), workload]);
  }
  return byName;
}

function specsOf(owner: Workload | Pod, manifests: ReadonlyMap<string, readonly Workload[]>) {
  const same = "kind" in owner ? (manifests.get(`${owner.kind} ${owner.name}`) ?? []) : [];
  return [owner, ...same.filter((other) => other !== owner)].map(({ spec }) => spec);
}

/** A named port must be declared; a number need not be, so a container that declares none proves nothing. */
function has(spec: PodSpec | undefined, wanted: string): boolean | undefined {
  if (!spec) return undefined;
  const running = spec.containers.filter((container) => !container.init);
  if (
    running.some((container) =>
      container.ports?.some((port) => port.name === wanted || String(port.containerPort) === wanted),
    )
  )
    return true;
  if (!isNumber(wanted))
    return spec.hostNetwork && running.every((container) => container.ports === undefined)
      ? undefined
      : false;
  return running.every((container) => (container.ports?.length ?? 0) > 0) ? false : undefined;
}

/** The name (or number) of the port, where the container has just one. */
function onlyPort(says: string): string | undefined {
  const [, one] = /have only ([^,]+)$/.exec(says) ?? [];
  return one?.replace(/ \(\d+\)$/, "");
}

function targetEdits(value: unknown, says: string): readonly DocumentEdit[] {
  const [, port, target] = /sends port (\d+) to targetPort ([^\s,]+),/.exec(says) ?? [];
  const wanted = onlyPort(says) ?? "";
  return listAt(value, "spec", "ports").flatMap((entry, i): DocumentEdit[] =>
    textAt(entry, "port") === port && (textAt(entry, "targetPort") ?? port) === target
      ? [
          {
            op: "set",
            path: ["spec", "ports", i, "targetPort"],
            value: /^\d+$/.test(wanted) ? Number(wanted) : wanted,
          },
        ]
      : [],
  );
}
