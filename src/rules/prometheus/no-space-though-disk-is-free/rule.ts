// ENOSPC with free gigabytes: inodes, a quota, or a deleted file that is still open.
import { isNearlyFull } from "../../disk-space.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/no-space-though-disk-is-free",
  title: "No space left on device although the disk has room: inodes or a quota are used up",
  why: "The kernel answers ENOSPC also when the file system has no free inodes, when a project or user quota or an emptyDir sizeLimit is reached, or when a thin pool behind the volume is full. df -h does not show any of these.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["no space left on device"],
  uses: ["host.disks"],
  unconfirmed: "silent",
  confirm: (_hit, facts) => {
    const disks = facts["host.disks"];
    const inodes = disks.find((disk) => disk.unit === "inodes" && isNearlyFull(disk));
    if (inodes)
      return {
        holds: true,
        proof: [inodes.at],
        says: `The file system at ${inodes.mount} has no free inodes, so new files fail with "no space left on device"`,
      };
    const bytes = disks.filter((disk) => disk.unit === "bytes" && /data|prometheus|^\/$/.test(disk.mount));
    if (bytes.length === 0 || bytes.some(isNearlyFull)) return {};
    const roomy = bytes[0];
    return { holds: true, certainty: "likely", ...(roomy ? { proof: [roomy.at] } : {}) };
  },
  says: () =>
    "Writes fail with ENOSPC while df shows free space: look at inodes (df -i), quotas, the emptyDir sizeLimit and the thin pool",
  decideWith: "df -i DATA_DIRECTORY; repquota -a; lsof +L1",
  references: ["https://github.com/prometheus/prometheus/issues/11347"],
  fix: () => ({
    summary: "Free inodes or raise the quota; restart the process that holds deleted files",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "See what is used up", command: "df -i DATA_DIRECTORY; lsof +L1" }],
  }),
});
