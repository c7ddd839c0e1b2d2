// Claims, volumes and storage classes from the rows of `kubectl get` tables.
import type { Claim, PersistentVolume, StorageClass } from "../../model/kubernetes.ts";
import { known, type Row, shown } from "./row.ts";

const modes: Readonly<Record<string, string>> = {
  RWO: "ReadWriteOnce",
  ROX: "ReadOnlyMany",
  RWX: "ReadWriteMany",
  RWOP: "ReadWriteOncePod",
};

/** `RWO,ROX` → the names of the API. */
export function parseAccessModes(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  return text.split(",").map((mode) => modes[mode.trim()] ?? mode.trim());
}

export function claimFromRow(row: Row): Claim {
  return {
    at: row.at,
    origin: "live",
    name: row.name,
    ...known({
      namespace: row.namespace,
      phase: shown(row, "STATUS"),
      volume: shown(row, "VOLUME"),
      storageClass: shownOrEmpty(row, "STORAGECLASS"),
      capacity: shown(row, "CAPACITY"),
      accessModes: parseAccessModes(shown(row, "ACCESSMODES")),
    }),
  };
}

export function volumeFromRow(row: Row): PersistentVolume {
  const claim = shown(row, "CLAIM");
  const [namespace, name] = (claim ?? "").split("/");
  return {
    at: row.at,
    origin: "live",
    name: row.name,
    ...known({
      phase: shown(row, "STATUS"),
      claim,
      claimRef: namespace && name ? { namespace, name, at: row.at } : undefined,
      storageClass: shownOrEmpty(row, "STORAGECLASS"),
      capacity: shown(row, "CAPACITY"),
      accessModes: parseAccessModes(shown(row, "ACCESSMODES")),
      reclaimPolicy: shown(row, "RECLAIMPOLICY"),
    }),
  };
}

/** The table shows that there is none: an empty string, to be told from a table without this column. */
function shownOrEmpty(row: Row, column: string): string | undefined {
  return row.columns.has(column) ? (shown(row, column) ?? "") : undefined;
}

export function storageClassFromRow(row: Row): StorageClass {
  const [name = row.name] = row.name.split(" ");
  return {
    at: row.at,
    origin: "live",
    name,
    isDefault: /\(default\)/.test(row.cells.NAME ?? row.name),
    ...known({
      provisioner: shown(row, "PROVISIONER"),
      volumeBindingMode: shown(row, "VOLUMEBINDINGMODE"),
    }),
  };
}
