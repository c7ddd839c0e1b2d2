// A full disk stops every part that writes; the check warns while there is still time.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Disk } from "../../../../model/host.ts";

/** Percent. Prometheus and Loki need room to compact: a block is written whole before the old ones go. */
const warnAt = 85;
const failAt = 95;
/** File systems that are always full, or that hold no data of ours. */
const fixed = /^(?:tmpfs|devtmpfs|overlay|shm|squashfs|udev|efivarfs|iso9660|none)$|^\/dev\/loop/;

export const check = defineCheck({
  id: "storage/space",
  suite: "storage",
  proves: "the disks that hold the stack's data have space and inodes left",
  needs: ["host.disks"],
  hints: ["prometheus/volume-full", "loki/disk-full", "docker/log-file-fills-disk"],
  decideWith: "df -P; df -iP",
  absent: () => undefined,
  run({ facts }) {
    const disks = facts["host.disks"].filter(
      ({ filesystem, type }) => !fixed.test(filesystem) && !fixed.test(type ?? ""),
    );
    return disks.map(judge);
  },
});

function judge(disk: Disk): VerdictDraft {
  const where = `${disk.host ? `${disk.host}:` : ""}${disk.mount}`;
  const what = disk.unit === "inodes" ? "inodes" : "space";
  const base = {
    subject: { kind: "volume", id: disk.unit === "inodes" ? `${where} (inodes)` : where } as const,
    proof: [disk.at],
  };
  const percent =
    disk.usedPercent ?? (disk.size && disk.used !== undefined ? (100 * disk.used) / disk.size : undefined);
  // file systems without a fixed number of inodes (btrfs, zfs) show none
  if (percent === undefined || (disk.unit === "inodes" && disk.size === 0))
    return disk.unit === "inodes"
      ? { ...base, state: "pass", says: `${where} has no limit of inodes` }
      : { ...base, state: "unknown", says: `how full ${where} is is not shown` };
  const used = `${where} uses ${Math.round(percent)} % of its ${what}`;
  if (percent >= failAt) return { ...base, state: "fail", says: used };
  return { ...base, state: percent >= warnAt ? "warn" : "pass", says: used };
}
