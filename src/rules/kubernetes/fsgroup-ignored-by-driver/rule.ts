// The pod asks for fsGroup, the volume's driver never applies it.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/fsgroup-ignored-by-driver",
  title: "The volume driver does not apply fsGroup, so the data directory stays owned by root",
  why: "The kubelet changes a volume's group only for drivers that say they support it; a CSI volume without fsType (external-provisioner 2.0 dropped the default) and most shared file systems are skipped. securityContext.fsGroup is set and has no effect.",
  severity: "critical",
  component: "kubernetes",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["skipping fsGroup, fsType not provided", "skipping fsGroup, because"],
  from: "any",
  uses: ["kubernetes.storageclasses", "kubernetes.volumes"],
  says: () =>
    "The kubelet skips fsGroup for this volume (fsType not provided or not supported by the driver): the process cannot write to it",
  explains: [
    {
      rule: "prometheus/data-directory-not-writable",
      via: "anything",
      mechanism: "without fsGroup the volume stays root:root 0755 and the process's uid may not write",
    },
    {
      rule: "kubernetes/pod-crash-looping",
      via: "anything",
      mechanism: "the program cannot write its data directory and ends",
    },
  ],
  decideWith:
    "kubectl get pv PV -o jsonpath='{.spec.csi}'; kubectl get csidriver DRIVER -o jsonpath='{.spec.fsGroupPolicy}'",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/3459",
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#delegating-volume-permission-and-ownership-change-to-csi-driver",
  ],
  fix: () => ({
    summary:
      "Set csi.storage.k8s.io/fstype: ext4 in the StorageClass (new volumes), or chown once with a root init container",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See the driver's policy",
        command: "kubectl get csidriver -o custom-columns=NAME:.metadata.name,POLICY:.spec.fsGroupPolicy",
      },
    ],
  }),
});
