// ENOSPC of Loki, or its own brake shortly before it.
import { fullest, isNearlyFull, usedPercent } from "../../disk-space.ts";
import { textRule } from "../../text-rule.ts";

/** ingester.wal.disk_full_threshold is 0.9; df rounds. */
const throttlePercent = 89;

export const rule = textRule({
  id: "loki/disk-full",
  title: "The volume with Loki's data is full (no space left on device)",
  why: "Chunks, index and write-ahead log grow until something deletes them, and without retention nothing does. Once the disk is full, flushes, the compactor and the WAL fail, pushes are refused, and an unclean stop then may tear the WAL. Newer versions refuse writes already at 90 % (ingester.wal disk_full_threshold).",
  severity: "critical",
  component: "loki",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["no space left on device", "Error writing to WAL, disk full, no further messages will be logged"],
  except: ["inotify", "user.max_inotify", "fsnotify", "failed to create fsnotify"],
  from: ["loki"],
  uses: ["host.disks", "metrics.samples", "config.documents"],
  unconfirmed: "likely",
  confirm(hit, facts) {
    if (hit.line.component !== "loki" && !/loki|\bwal\b|chunks|compactor/i.test(hit.line.text))
      return { holds: false };
    const usage = facts["metrics.samples"].find(
      ({ name }) => name === "loki_ingester_wal_disk_usage_percent",
    );
    const isBrake = /Error writing to WAL, disk full/i.test(hit.line.text);
    if (isBrake && usage && usage.value >= 0.9)
      return {
        holds: true,
        proof: [usage.at],
        says: `The WAL's disk is ${Math.round(usage.value * 100)} % full, above ingester.wal disk_full_threshold (0.9): Loki refuses writes until there is room again`,
      };
    const inodes = facts["host.disks"].find((disk) => disk.unit === "inodes" && isNearlyFull(disk));
    if (inodes)
      return {
        holds: true,
        proof: [inodes.at],
        says: `${inodes.mount} has no free inodes (df -i: ${usedPercent(inodes)} %), though it may have free bytes: Loki's many small chunk files have used them up`,
      };
    const bytes = facts["host.disks"].filter((disk) => disk.unit === "bytes");
    if (bytes.length === 0) return {};
    const full = fullest(bytes);
    if (!full) return {};
    if (isNearlyFull(full))
      return {
        holds: true,
        proof: [full.at],
        says: `${full.mount} is ${usedPercent(full) ?? 100} % full, and Loki cannot write ${pathOf(hit.line.text)} any more: no space left on device`,
      };
    return isBrake && (usedPercent(full) ?? 0) >= throttlePercent
      ? {
          holds: true,
          proof: [full.at],
          says: `${full.mount} is ${usedPercent(full)} % full: above 90 % (ingester.wal disk_full_threshold) Loki refuses writes to its WAL`,
        }
      : { holds: false };
  },
  says: ({ line }) =>
    `Loki cannot write ${pathOf(line.text)} any more: its volume has no space left. Free or grow the volume, then enable retention (compactor.retention_enabled, limits_config.retention_period)`,
  rivals: [
    {
      rule: "host/inotify-watches-exhausted",
      tellApart: "watches that are used up give the same words about inotify; df shows room then",
      decideWith: "df -h DATA_DIRECTORY; df -i DATA_DIRECTORY",
    },
  ],
  decideWith: "df -h DATA_DIRECTORY; df -i DATA_DIRECTORY",
  references: [
    "https://github.com/grafana/loki/issues/2227",
    "https://grafana.com/docs/loki/latest/operations/storage/retention/",
  ],
  fix: () => ({
    summary:
      "Grow the volume (or free it of what is not Loki's), then let the compactor delete: compactor.retention_enabled: true, compactor.delete_request_store, limits_config.retention_period. Never delete index or chunk files by hand",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Grow the claim",
        command:
          'kubectl -n NAMESPACE patch pvc CLAIM -p \'{"spec":{"resources":{"requests":{"storage":"SIZE"}}}}\'',
      },
      { do: "by-hand", title: "Enable retention in Loki's configuration and restart it" },
    ],
  }),
});

function pathOf(text: string): string {
  return /(?:write|open|mkdir|rename|create|preallocate) (\/[\w./-]{1,200})/.exec(text)?.[1] ?? "its data";
}
