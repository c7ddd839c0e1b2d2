// A PersistentVolume is reserved for a claim of a name that nobody will ever make.

import type { FindingDraft } from "../../../model/finding.ts";
import type { PersistentVolume } from "../../../model/kubernetes.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { valueAt } from "../../../stack/config-value.ts";
import { repair } from "../../change-configuration.ts";
import { changeObject } from "../../change-object.ts";
import { splitName } from "../../change-selector.ts";

export const rule = defineRule({
  id: "kubernetes/claimref-names-no-claim",
  title:
    "A PersistentVolume is reserved (claimRef) for a claim that does not exist, so the claim that is there stays Pending",
  why: "spec.claimRef reserves a volume for exactly one claim, by namespace and name. Claims of a StatefulSet are called TEMPLATE-STATEFULSET-ORDINAL; a claimRef with another name or namespace (a guess, an older release) never matches, and the real claim finds no volume.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  needs: ["kubernetes.volumes"],
  uses: ["config.documents", "kubernetes.objects", "kubernetes.claims", "kubernetes.workloads"],
  decideWith:
    "kubectl get pv -o custom-columns=NAME:.metadata.name,NAMESPACE:.spec.claimRef.namespace,CLAIM:.spec.claimRef.name,STATUS:.status.phase; kubectl get pvc -A",
  references: [
    "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reserving-a-persistentvolume",
  ],
  check(facts, stack) {
    const expected = [
      ...facts["kubernetes.claims"].map((claim) => ({
        name: claim.name,
        namespace: claim.namespace,
        at: claim.at,
        storageClass: claim.storageClass,
        isFree: claim.phase !== "Bound",
      })),
      ...facts["kubernetes.workloads"].flatMap((workload) =>
        workload.kind === "StatefulSet"
          ? (workload.volumeClaimTemplates ?? []).flatMap((template) =>
              Array.from({ length: Math.min(workload.desired ?? 1, 20) }, (_, i) => ({
                name: `${template.name}-${workload.name}-${i}`,
                namespace: workload.namespace,
                at: template.at,
                storageClass: template.storageClass,
                isFree: true,
              })),
            )
          : [],
      ),
    ];
    const findings: FindingDraft[] = [];
    for (const volume of facts["kubernetes.volumes"]) {
      const { claimRef } = volume;
      if (!claimRef || volume.phase === "Bound" || volume.phase === "Released") continue;
      const isThere = expected.some(
        (claim) =>
          claim.name === claimRef.name &&
          (!claim.namespace || !claimRef.namespace || claim.namespace === claimRef.namespace),
      );
      if (isThere) continue;
      const meant =
        expected.find(
          (claim) =>
            claim.isFree &&
            (claim.storageClass ?? "") === (volume.storageClass ?? "") &&
            isAlike(claim.name, claimRef.name),
        ) ??
        expected.find((claim) => claim.isFree && isAlike(claim.name, claimRef.name)) ??
        onlyOneOfItsClass(expected, volume);
      if (!meant) continue;
      const component = stack.components.find(
        (entry) => meant.name.includes(entry.name) || meant.name.includes(entry.kind),
      );
      const full = (entry: { name: string; namespace?: string | undefined }): string =>
        entry.namespace ? `${entry.namespace}/${entry.name}` : entry.name;
      findings.push({
        subject: { kind: "volume", id: volume.name },
        ...(component ? { component: component.id } : {}),
        says: `PersistentVolume ${volume.name} is reserved by claimRef for ${full(claimRef)}, which does not exist; the claim is called ${full(meant)}`,
        proof: [claimRef.at, meant.at],
        certainty: "proven",
        concerns: component ? [component.id] : [],
      });
    }
    return findings;
  },
  fix: (finding, facts) =>
    repair(
      "Reserve the volume for the claim as it is called",
      "safe",
      changeObject(
        facts,
        { kind: "PersistentVolume", name: finding.subject.id },
        "Name the claim that is there",
        (value) => claimEdits(value, /the claim is called (\S+)$/.exec(finding.says)?.[1] ?? ""),
      ),
    ) ?? {
      summary: `Set spec.claimRef of ${finding.subject.id} to the claim's real namespace and name (${finding.says.match(/called (\S+)/)?.[1] ?? ""}), or remove claimRef`,
      risk: "safe",
      steps: [
        {
          do: "by-hand",
          title: "Correct the claimRef in the volume's manifest",
          command: `kubectl get pv ${finding.subject.id} -o yaml`,
        },
      ],
    },
});

interface Expected {
  readonly namespace?: string | undefined;
  readonly storageClass?: string | undefined;
  readonly isFree: boolean;
}

/** Names that have nothing in common belong together when the class is shared by nothing else that waits there. */
function onlyOneOfItsClass<C extends Expected>(
  expected: readonly C[],
  { storageClass, claimRef }: PersistentVolume,
): C | undefined {
  if (!storageClass || !claimRef?.namespace) return undefined;
  const [only, ...others] = expected.filter(
    (claim) => claim.isFree && claim.storageClass === storageClass && claim.namespace === claimRef.namespace,
  );
  return others.length === 0 ? only : undefined;
}

/** They share a word that is not a filler: `loki-data` and `storage-loki-0`. */
function isAlike(one: string, other: string): boolean {
  const words = (name: string): string[] =>
    name
      .split("-")
      .filter((word) => word.length > 2 && !/^(data|storage|volume|pvc|claim|server|main|db)$/.test(word));
  return words(one).some((word) => words(other).includes(word));
}

/** The identity of a claim that is gone would keep the volume Released. */
function claimEdits(value: unknown, claim: string): readonly DocumentEdit[] {
  const { namespace, name } = splitName(claim);
  if (name === "") return [];
  const set = (key: string, wanted: string | undefined): DocumentEdit[] =>
    wanted === undefined || valueAt(value, "spec", "claimRef", key) === wanted
      ? []
      : [{ op: "set", path: ["spec", "claimRef", key], value: wanted }];
  const stale = ["uid", "resourceVersion"].filter(
    (key) => valueAt(value, "spec", "claimRef", key) !== undefined,
  );
  return [
    ...set("namespace", namespace),
    ...set("name", name),
    ...stale.map((key): DocumentEdit => ({ op: "remove", path: ["spec", "claimRef", key] })),
  ];
}
