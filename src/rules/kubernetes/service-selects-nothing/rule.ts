// The Service and the pods it is meant for disagree about labels.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { repair } from "../../change-configuration.ts";
import { pointSelectorAt } from "../../change-selector.ts";

interface Candidate {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly at: Place;
  readonly component?: string;
}

export const rule = defineRule({
  id: "kubernetes/service-selects-nothing",
  title: "A Service's selector matches the labels of no pod, so the Service has no endpoints",
  why: "A Service finds its pods by their labels only. When the selector names a label or value that the pods (the template of their workload) do not have, the Service exists, resolves and has no endpoint: clients are refused or time out, although the pods are Ready.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  needs: ["kubernetes.services"],
  uses: [
    "config.documents",
    "kubernetes.objects",
    "kubernetes.pods",
    "kubernetes.workloads",
    "kubernetes.endpoints",
  ],
  rivals: [
    { rule: "kubernetes/pod-not-ready", tellApart: "there the selector matches and the pod is not Ready" },
  ],
  decideWith: "kubectl -n NAMESPACE get svc SERVICE -o wide; kubectl -n NAMESPACE get pods --show-labels",
  references: [
    "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpoints",
  ],
  check(facts, stack) {
    const candidates: Candidate[] = [];
    for (const workload of facts["kubernetes.workloads"]) {
      if (workload.templateLabels && workload.kind !== "Job" && workload.kind !== "CronJob")
        candidates.push({ ...named(workload), labels: workload.templateLabels, at: workload.at });
    }
    for (const pod of facts["kubernetes.pods"])
      if (pod.labels)
        candidates.push({ ...named(pod), name: pod.ownerName ?? pod.name, labels: pod.labels, at: pod.at });
    // Looked up by label and by name: a repository of thousands of manifests must not be compared pair by pair.
    const byPair = groupBy(candidates, (entry) =>
      Object.entries(entry.labels).map(([key, value]) => `${key}=${value}`),
    );
    const byName = groupBy(candidates, (entry) => [bare(entry.name)]);
    const namespaces = new Set(candidates.map((entry) => entry.namespace));
    const findings: FindingDraft[] = [];
    for (const service of facts["kubernetes.services"]) {
      const pairs = Object.entries(service.selector ?? {});
      if (pairs.length === 0) continue;
      const isNear = (entry: Candidate): boolean =>
        !service.namespace || !entry.namespace || entry.namespace === service.namespace;
      const [first] = pairs;
      const sharing = byPair.get(`${first?.[0]}=${first?.[1]}`) ?? [];
      const hasNear = !service.namespace || namespaces.has(service.namespace) || namespaces.has(undefined);
      if (
        !hasNear ||
        sharing.some((entry) => isNear(entry) && pairs.every(([key, value]) => entry.labels[key] === value))
      )
        continue;
      const endpoints = facts["kubernetes.endpoints"].find(
        (entry) =>
          entry.name === service.name &&
          (!entry.namespace || !service.namespace || entry.namespace === service.namespace),
      );
      if (endpoints && endpoints.ready.length + (endpoints.notReady?.length ?? 0) > 0) continue;
      const meant = (byName.get(bare(service.name)) ?? []).find(
        (entry) => isNear(entry) && isMeant(service.name, entry.name),
      );
      if (!meant) continue;
      const wrong = pairs.filter(([key, value]) => meant.labels[key] !== value);
      const id = service.namespace ? `${service.namespace}/${service.name}` : service.name;
      const component = stack.components.find(
        (entry) =>
          entry.workload?.name === meant.name ||
          entry.pods.some((pod) => (pod.ownerName ?? pod.name) === meant.name),
      );
      findings.push({
        subject: { kind: "service", id },
        ...(component ? { component: component.id } : {}),
        says: `Service ${id} selects ${wrong.map(([key, value]) => `${key}=${value}`).join(", ")}, but the pods of ${meant.name} have ${wrong.map(([key]) => (meant.labels[key] === undefined ? `no label ${key}` : `${key}=${meant.labels[key]}`)).join(", ")}: the selector matches no pod`,
        proof: [service.selectorAt ?? service.at, meant.at, ...(endpoints ? [endpoints.at] : [])],
        certainty: "proven",
        concerns: [id, ...(component ? [component.id] : [])],
      });
    }
    return findings;
  },
  fix: (finding, facts) =>
    repair(
      "Select the pods by the labels their workload gives them",
      "safe",
      pointSelectorAt(facts, finding.subject.id, /the pods of (\S+) have/.exec(finding.says)?.[1]),
    ) ?? {
      summary: `Make the Service's spec.selector equal to the labels in the pod template (${finding.says.split(", but ")[1]?.split(":")[0] ?? "see the pods' labels"})`,
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Compare selector and labels, then correct the Service's selector",
          command: "kubectl -n NAMESPACE get pods --show-labels; kubectl -n NAMESPACE edit svc SERVICE",
        },
      ],
    },
});

function named(object: { readonly name: string; readonly namespace?: string }): {
  name: string;
  namespace?: string;
} {
  return { name: object.name, ...(object.namespace ? { namespace: object.namespace } : {}) };
}

/** The Service bears the workload's name, perhaps with one of the usual endings. */
function isMeant(service: string, workload: string): boolean {
  return service === workload || bare(service) === bare(workload);
}

function groupBy(
  entries: readonly Candidate[],
  keysOf: (entry: Candidate) => readonly string[],
): Map<string, Candidate[]> {
  const groups = new Map<string, Candidate[]>();
  for (const entry of entries) {
    for (const key of keysOf(entry)) {
      const group = groups.get(key);
      if (group) group.push(entry);
      else groups.set(key, [entry]);
    }
  }
  return groups;
}

/** A name without the suffixes that charts add to Services. */
function bare(name: string): string {
  return name.replace(/-(headless|svc|service|http|metrics|server|internal)$/, "");
}
