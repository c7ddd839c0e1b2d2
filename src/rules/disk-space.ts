// How full a disk is, as df says it; shared by the rules about full volumes.
import type { Disk } from "../model/host.ts";

/** From this share on writes start to fail: ext4 keeps 5 % for root, and df rounds up. */
const nearlyFullPercent = 97;

export function usedPercent(disk: Disk): number | undefined {
  if (disk.usedPercent !== undefined) return disk.usedPercent;
  if (disk.used === undefined || disk.size === undefined || disk.size === 0) return undefined;
  return Math.ceil((100 * disk.used) / disk.size);
}

export function isNearlyFull(disk: Disk): boolean {
  return disk.available === 0 || (usedPercent(disk) ?? 0) >= nearlyFullPercent;
}

/** The fullest real file system; kernel and read-only image mounts are always "full" and mean nothing. */
export function fullest(disks: readonly Disk[]): Disk | undefined {
  const real = disks.filter(
    (disk) =>
      !/^(squashfs|iso9660|devtmpfs|efivarfs)$/.test(disk.type ?? "") &&
      !/^\/(snap|dev|proc|sys)(\/|$)/.test(disk.mount) &&
      !disk.filesystem.startsWith("/dev/loop"),
  );
  return real.reduce<Disk | undefined>(
    (best, disk) => ((usedPercent(disk) ?? 0) > (best ? (usedPercent(best) ?? 0) : -1) ? disk : best),
    undefined,
  );
}
