// Claims, volumes and storage classes from `kubectl describe`.
import type { Claim, PersistentVolume, StorageClass } from "../../model/kubernetes.ts";
import type { Described } from "./describe-container.ts";
import type { DescribedName } from "./describe-pod.ts";
import { type Entry, find, pairsOf, shownValue } from "./describe-tree.ts";
import { known } from "./row.ts";
import { parseAccessModes } from "./rows-storage.ts";

export function claimFromEntries(entries: readonly Entry[], who: DescribedName, text: Described): Claim {
  const [first] = entries;
  return {
    at: first ? text.place(first) : { source: "" },
    origin: "live",
    ...who,
    ...known({
      phase: shownValue(entries, "Status"),
      volume: shownValue(entries, "Volume"),
      storageClass: classOf(entries),
      capacity: shownValue(entries, "Capacity"),
      accessModes: parseAccessModes(shownValue(entries, "Access Modes")),
    }),
  };
}

/** Shown but empty: there is none. */
function classOf(entries: readonly Entry[]): string | undefined {
  return find(entries, "StorageClass") ? (shownValue(entries, "StorageClass") ?? "") : undefined;
}

const volumeTypes: Readonly<Record<string, NonNullable<PersistentVolume["type"]>>> = {
  HostPath: "hostPath",
  LocalVolume: "local",
  Local: "local",
  NFS: "nfs",
  CSI: "csi",
};

export function volumeFromEntries(
  entries: readonly Entry[],
  name: string,
  text: Described,
): PersistentVolume {
  const [first] = entries;
  const claimEntry = find(entries, "Claim");
  const claim = shownValue(entries, "Claim");
  const [namespace, claimName] = (claim ?? "").split("/");
  const source = find(entries, "Source")?.children ?? [];
  const type =
    volumeTypes[/^\w+/.exec(shownValue(source, "Type") ?? "")?.[0] ?? ""] ??
    (source.length > 0 ? "other" : undefined);
  const path = shownValue(source, "Path");
  return {
    at: first ? text.place(first) : { source: "" },
    origin: "live",
    name,
    ...known({
      phase: shownValue(entries, "Status"),
      claim,
      claimRef:
        claimEntry && namespace && claimName
          ? { namespace, name: claimName, at: text.place(claimEntry) }
          : undefined,
      storageClass: classOf(entries),
      capacity: shownValue(entries, "Capacity"),
      accessModes: parseAccessModes(shownValue(entries, "Access Modes")),
      reclaimPolicy: shownValue(entries, "Reclaim Policy"),
      type,
      path: type === "nfs" ? `${shownValue(source, "Server") ?? ""}:${path ?? ""}` : path,
      csiDriver: shownValue(source, "Driver"),
      fsType: shownValue(source, "FSType"),
      nodeNames: nodeNames(find(entries, "Node Affinity")),
    }),
  };
}

/** `Term 0: kubernetes.io/hostname in [alpha, beta]` */
function nodeNames(entry: Entry | undefined): readonly string[] | undefined {
  const stack = [...(entry?.children ?? [])];
  const names: string[] = [];
  for (let next = stack.pop(); next; next = stack.pop()) {
    stack.push(...next.children);
    const match = /kubernetes\.io\/hostname in \[([^\]]{1,4000})\]/.exec(next.text);
    if (match?.[1]) names.push(...match[1].split(/[\s,]+/));
  }
  return names.length > 0 ? names : undefined;
}

export function storageClassFromEntries(
  entries: readonly Entry[],
  name: string,
  text: Described,
): StorageClass {
  const [first] = entries;
  return {
    at: first ? text.place(first) : { source: "" },
    origin: "live",
    name,
    isDefault: shownValue(entries, "IsDefaultClass") === "Yes",
    ...known({
      provisioner: shownValue(entries, "Provisioner"),
      parameters: pairsOf(find(entries, "Parameters"), "="),
      volumeBindingMode: shownValue(entries, "VolumeBindingMode"),
    }),
  };
}
