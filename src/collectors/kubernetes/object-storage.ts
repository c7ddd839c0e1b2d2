// Claims, volumes and storage classes from API JSON or YAML.
import type { Claim, PersistentVolume, StorageClass } from "../../model/kubernetes.ts";
import type { ObjectHead } from "./object-head.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

export function claimFromNode(node: TreeNode, head: ObjectHead): Claim {
  const spec = node.get("spec");
  return {
    at: head.at,
    origin: head.origin,
    name: head.name,
    ...known({
      namespace: head.namespace,
      phase: node.text("status", "phase"),
      volume: spec?.text("volumeName"),
      storageClass:
        spec?.text("storageClassName") ?? head.annotations?.["volume.beta.kubernetes.io/storage-class"],
      capacity: node.text("status", "capacity", "storage") ?? spec?.text("resources", "requests", "storage"),
      accessModes: spec?.texts("accessModes"),
    }),
  };
}

export function volumeFromObject(node: TreeNode, head: ObjectHead): PersistentVolume {
  const spec = node.get("spec");
  const claim = spec?.get("claimRef");
  const claimName = claim?.text("name");
  const claimNamespace = claim?.text("namespace");
  return {
    at: head.at,
    origin: head.origin,
    name: head.name,
    ...known({
      phase: node.text("status", "phase"),
      claim:
        claimName === undefined ? undefined : claimNamespace ? `${claimNamespace}/${claimName}` : claimName,
      claimRef:
        claim && claimName !== undefined
          ? { name: claimName, ...known({ namespace: claimNamespace }), at: claim.at }
          : undefined,
      storageClass: spec?.text("storageClassName"),
      capacity: spec?.text("capacity", "storage"),
      accessModes: spec?.texts("accessModes"),
      reclaimPolicy: spec?.text("persistentVolumeReclaimPolicy"),
      nodeNames: spec && nodeNames(spec),
      ...(spec ? backing(spec) : {}),
    }),
  };
}

function backing(spec: TreeNode): Pick<PersistentVolume, "type" | "path" | "csiDriver" | "fsType"> {
  const hostPath = spec.get("hostPath");
  if (hostPath) return { type: "hostPath", ...known({ path: hostPath.text("path") }) };
  const local = spec.get("local");
  if (local) return { type: "local", ...known({ path: local.text("path"), fsType: local.text("fsType") }) };
  const nfs = spec.get("nfs");
  if (nfs) return { type: "nfs", path: `${nfs.text("server") ?? ""}:${nfs.text("path") ?? ""}` };
  const csi = spec.get("csi");
  if (csi) return { type: "csi", ...known({ csiDriver: csi.text("driver"), fsType: csi.text("fsType") }) };
  return { type: "other" };
}

/** Nodes the volume is tied to by their host name. */
function nodeNames(spec: TreeNode): readonly string[] | undefined {
  const terms = spec.get("nodeAffinity", "required", "nodeSelectorTerms")?.items() ?? [];
  const names = terms.flatMap((term) =>
    (term.get("matchExpressions")?.items() ?? [])
      .filter((item) => item.text("key") === "kubernetes.io/hostname" && item.text("operator") === "In")
      .flatMap((item) => item.texts("values") ?? []),
  );
  return names.length > 0 ? names : undefined;
}

export function storageClassFromNode(node: TreeNode, head: ObjectHead): StorageClass {
  const annotations = head.annotations ?? {};
  return {
    at: head.at,
    origin: head.origin,
    name: head.name,
    isDefault:
      annotations["storageclass.kubernetes.io/is-default-class"] === "true" ||
      annotations["storageclass.beta.kubernetes.io/is-default-class"] === "true",
    ...known({
      provisioner: node.text("provisioner"),
      parameters: node.record("parameters"),
      volumeBindingMode: node.text("volumeBindingMode"),
    }),
  };
}
