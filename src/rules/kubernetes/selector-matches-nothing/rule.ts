// Selector and labels of files that belong together differ by a word.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Service, Workload } from "../../../model/kubernetes.ts";
import { defineRule } from "../../../model/rule.ts";
import { groupBy } from "../../../stack/group-by.ts";
import { indexByLabels } from "../../../stack/label-index.ts";
import { selects } from "../../../stack/labels.ts";
import { repair } from "../../change-configuration.ts";
import { labelTemplateAsSelected, pointSelectorAt } from "../../change-selector.ts";

export const rule = defineRule({
  id: "kubernetes/selector-matches-nothing",
  title: "A selector matches no pod: the labels of the pods are others than the Service or workload selects",
  why: "A Service has as endpoints exactly the pods whose labels contain every pair of its selector. One differing value (app: loki against app.kubernetes.io/name: loki) leaves it empty although the pods are Ready. A Deployment or StatefulSet whose selector does not match its own template is refused by the API server.",
  severity: "warning",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  needs: ["kubernetes.workloads"],
  uses: ["config.documents", "kubernetes.objects", "kubernetes.services", "kubernetes.pods"],
  decideWith: "kubectl -n NAMESPACE get pods --show-labels; kubectl -n NAMESPACE get svc SERVICE -o yaml",
  references: ["https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"],
  check(facts, stack) {
    const workloads = facts["kubernetes.workloads"];
    const refused = workloads.flatMap((workload): FindingDraft[] => {
      const { selector, templateLabels } = workload;
      if (!selector || !templateLabels || Object.keys(selector).length === 0) return [];
      if (selects(selector, templateLabels)) return [];
      const id = `${workload.kind} ${workload.name}`;
      return [
        {
          subject: { kind: "object", id },
          says: `${id}: selector ${words(selector)} does not match its own template's labels ${words(templateLabels)}: the API server refuses it`,
          proof: [workload.at],
          certainty: "proven",
        },
      ];
    });
    const byName = groupBy(workloads, (workload) => workload.name);
    const unlabelled = groupBy(
      workloads.filter((workload) => workload.templateLabels === undefined),
      (workload) => workload.namespace,
    );
    const labelled = indexByLabels(workloads, (workload) => workload.templateLabels);
    const pods = indexByLabels(facts["kubernetes.pods"], (pod) => pod.labels);
    const empty = facts["kubernetes.services"].flatMap((service): FindingDraft[] => {
      if (!service.selector || Object.keys(service.selector).length === 0) return [];
      const meant = (byName.get(service.name) ?? []).filter((workload) => isMeant(service, workload));
      const [workload] = meant;
      if (!workload?.templateLabels || meant.length !== 1) return [];
      const isNear = ({ namespace }: { readonly namespace?: string }): boolean =>
        !namespace || !service.namespace || namespace === service.namespace;
      // A workload whose labels are not shown may be the one.
      const isSelected =
        unlabelled.has(undefined) ||
        (service.namespace ? unlabelled.has(service.namespace) : unlabelled.size > 0) ||
        labelled.selectedBy(service.selector).some(isNear) ||
        pods.selectedBy(service.selector).some(isNear);
      if (isSelected) return [];
      const owner = stack.components.find((component) => component.workload === workload);
      return [
        {
          subject: {
            kind: "service",
            id: service.namespace ? `${service.namespace}/${service.name}` : service.name,
          },
          ...(owner ? { component: owner.id } : {}),
          says: `Service ${service.name} selects ${words(service.selector)}, but the pods of ${workload.kind} ${workload.name} have the labels ${words(workload.templateLabels)}: the selector matches no pod and the Service has no endpoints`,
          proof: [service.selectorAt ?? service.at, workload.at],
          certainty: "proven",
        },
      ];
    });
    return [...refused, ...empty];
  },
  fix: (finding, facts) =>
    repair(
      finding.subject.kind === "service"
        ? "Select the pods by the labels their workload gives them"
        : "Give the pods the labels that their own workload selects",
      "safe",
      finding.subject.kind === "service"
        ? pointSelectorAt(facts, finding.subject.id, /the pods of \S+ (\S+) have/.exec(finding.says)?.[1])
        : labelTemplateAsSelected(facts, finding.subject.id),
    ) ?? {
      summary: `Make the selector of ${finding.subject.id} equal to labels of the pod template`,
      risk: "safe",
      steps: [{ do: "by-hand", title: `Correct spec.selector of ${finding.subject.id}` }],
    },
});

/** The workload of the Service's own name, in its namespace. */
function isMeant(service: Service, workload: Workload): boolean {
  return (
    workload.name === service.name &&
    (!service.namespace || !workload.namespace || service.namespace === workload.namespace)
  );
}

function words(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .slice(0, 6)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}
