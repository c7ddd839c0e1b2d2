// The volume exists, but on a node or in a zone where the pod may not run.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/volume-node-affinity-conflict",
  title:
    "The pod's volume is bound to a zone or node where the pod cannot run (volume node affinity conflict)",
  why: "A PersistentVolume of a zone (or a local volume of one node) can be used only there. When that zone has no schedulable node any more, the node is gone, or the class bound the volume immediately in another zone than the pod's, the pod stays Pending for ever.",
  severity: "critical",
  component: "kubernetes",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "had volume node affinity conflict",
    "volume node affinity conflict",
    "NoVolumeZoneConflict",
    "had no available volume zone",
  ],
  uses: ["kubernetes.volumes", "kubernetes.storageclasses", "kubernetes.nodes"],
  confirm: (_hit, facts) => {
    const pinned = facts["kubernetes.volumes"].find((volume) => (volume.nodeNames?.length ?? 0) > 0);
    const immediate = facts["kubernetes.storageclasses"].find(
      (entry) => entry.volumeBindingMode === "Immediate",
    );
    const gone =
      pinned && facts["kubernetes.nodes"].length > 0
        ? pinned.nodeNames?.find((name) => !facts["kubernetes.nodes"].some((node) => node.name === name))
        : undefined;
    return {
      holds: true,
      proof: [...(pinned ? [pinned.at] : []), ...(immediate ? [immediate.at] : [])],
      ...(pinned
        ? {
            says: `Volume ${pinned.name} can be used only on ${pinned.nodeNames?.join(", ")}${gone ? ` (node ${gone} is not there)` : ""}: volume node affinity conflict, the pod stays Pending`,
          }
        : {}),
    };
  },
  says: ({ line }) =>
    `${line.pod ? `Pod ${line.pod}` : "The pod"} stays Pending: its volume lives in another zone or on another node (${line.text.slice(0, 160)})`,
  rivals: [
    { rule: "kubernetes/claim-without-storage-class", tellApart: "there the claim is not bound at all" },
  ],
  decideWith:
    "kubectl get pv -o custom-columns=NAME:.metadata.name,CLAIM:.spec.claimRef.name,AFFINITY:.spec.nodeAffinity; kubectl get nodes -L topology.kubernetes.io/zone",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/6226",
    "https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode",
  ],
  fix: () => ({
    summary:
      "Bring back a node in the volume's zone (or loosen the pod's nodeSelector); use a StorageClass with volumeBindingMode: WaitForFirstConsumer for new volumes. Deleting the claim loses its data",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Compare the volume's zone with the nodes'",
        command: "kubectl get nodes -L topology.kubernetes.io/zone,kubernetes.io/hostname",
      },
    ],
  }),
});
