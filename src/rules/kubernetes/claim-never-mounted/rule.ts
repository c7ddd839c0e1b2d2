// A claim that no pod mounts: the data it was made for goes somewhere else.
import type { FindingDraft } from "../../../model/finding.ts";
import type { PodSpec } from "../../../model/kubernetes.ts";
import { defineRule } from "../../../model/rule.ts";

export const rule = defineRule({
  id: "kubernetes/claim-never-mounted",
  title: "A PersistentVolumeClaim is mounted by no workload, although its program is there",
  why: "A claim does nothing by itself. When the volume in the pod is an emptyDir, or names another claim, the data that should be kept (positions, WAL, dashboards) is lost with the pod, while the bound claim looks as if all were well.",
  severity: "notice",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "none",
  needs: ["kubernetes.claims"],
  uses: ["kubernetes.workloads", "kubernetes.pods"],
  decideWith: "kubectl -n NAMESPACE describe pvc CLAIM | grep 'Used By'",
  references: ["https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes"],
  check(facts, stack) {
    const users = usersOf([...facts["kubernetes.workloads"], ...facts["kubernetes.pods"]]);
    return facts["kubernetes.claims"].flatMap((claim): FindingDraft[] => {
      const used = users.get(claim.name) ?? [];
      if (used.some((namespace) => !namespace || !claim.namespace || namespace === claim.namespace))
        return [];
      // only a claim that is named after a component whose volumes are all shown
      const owner = stack.components.find(
        (component) =>
          claim.name.toLowerCase().includes(component.kind) &&
          (component.workload?.spec ?? component.pods.find((pod) => pod.spec)?.spec) !== undefined &&
          (!component.namespace || !claim.namespace || component.namespace === claim.namespace),
      );
      const spec = owner && (owner.workload?.spec ?? owner.pods.find((pod) => pod.spec)?.spec);
      if (!owner || !spec) return [];
      const templates = facts["kubernetes.workloads"].some(({ name, volumeClaimTemplates }) =>
        volumeClaimTemplates?.some((template) =>
          new RegExp(`^${literal(`${template.name}-${name}-`)}\\d+$`).test(claim.name),
        ),
      );
      if (templates) return [];
      return [
        {
          subject: { kind: "volume", id: claim.name },
          component: owner.id,
          says: `Claim ${claim.name} is mounted by nobody: ${owner.name} has ${volumesOf(spec)}`,
          proof: [claim.at, spec.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) => ({
    summary: `Use the claim in the pod (volumes: persistentVolumeClaim.claimName: ${finding.subject.id}), or delete it`,
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "In the workload's volumes" }],
  }),
});

/** Claim name to the namespaces of those that mount it. */
function usersOf(
  owners: readonly { readonly namespace?: string; readonly spec?: PodSpec }[],
): ReadonlyMap<string, (string | undefined)[]> {
  const users = new Map<string, (string | undefined)[]>();
  for (const { namespace, spec } of owners)
    for (const { type, ref } of spec?.volumes ?? []) {
      if (type !== "persistentVolumeClaim" || ref === undefined) continue;
      const known = users.get(ref);
      if (known) known.push(namespace);
      else users.set(ref, [namespace]);
    }
  return users;
}

function volumesOf(spec: PodSpec): string {
  const kept = spec.volumes.filter(
    ({ type }) => type === "emptyDir" || type === "persistentVolumeClaim" || type === "hostPath",
  );
  return kept.length === 0
    ? "no volume for data"
    : kept
        .slice(0, 4)
        .map(({ name, type, ref }) => `${name} (${type}${ref ? ` ${ref}` : ""})`)
        .join(", ");
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
