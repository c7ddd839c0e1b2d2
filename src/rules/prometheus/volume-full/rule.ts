// ENOSPC, whichever file met it first: lock, WAL, head chunks or a new block.
import { fullest, isNearlyFull } from "../../disk-space.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/volume-full",
  title: "The volume with Prometheus' data is full (no space left on device)",
  why: "Retention deletes whole blocks only, after start, and compaction needs extra room for a moment; WAL and head chunks are never trimmed by it. Once a write fails, every scrape pool reports append errors although the exporters are fine, and at the next start Prometheus may not even create its lock file.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "write to WAL: …no space left on device",
    "lock DB directory: open {path}: no space left on device",
    "preallocate: no space left on device",
    "create checkpoint…no space left on device",
    "opening storage failed…no space left on device",
    "compaction failed…no space left on device",
    "queries.active: no space left on device",
    "component=tsdb…no space left on device",
    "write {segment}/wal/{number}: no space left on device",
    "tmp-for-creation: no space left on device",
  ],
  uses: ["host.disks"],
  confirm: (_hit, facts) => {
    const disks = facts["host.disks"];
    const inodes = disks.find((disk) => disk.unit === "inodes" && isNearlyFull(disk));
    if (inodes) return { holds: false };
    const bytes = disks.filter((disk) => disk.unit === "bytes");
    if (bytes.length === 0) return {};
    const full = fullest(bytes);
    if (!full || !isNearlyFull(full)) return { holds: false };
    return { holds: true, proof: [full.at] };
  },
  says: () =>
    "Prometheus cannot write any more: its volume has no space left, so samples are lost and it may not start again",
  rivals: [
    {
      rule: "prometheus/no-space-though-disk-is-free",
      tellApart: "df -h shows the volume itself full, not only its inodes or a quota",
      decideWith: "df -h DATA_DIRECTORY; df -i DATA_DIRECTORY",
    },
  ],
  decideWith: "df -h DATA_DIRECTORY; df -i DATA_DIRECTORY",
  references: [
    "https://github.com/prometheus/prometheus/issues/7387",
    "https://prometheus.io/docs/prometheus/latest/storage/",
  ],
  fix: () => ({
    summary: "Expand the volume (or free it with Prometheus stopped), then set retention.size to 80 % of it",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Expand the claim",
        command:
          'kubectl -n NAMESPACE patch pvc CLAIM -p \'{"spec":{"resources":{"requests":{"storage":"SIZE"}}}}\'',
      },
      {
        do: "by-hand",
        title:
          "Then bound the blocks: --storage.tsdb.retention.size at 80 % of the volume (operator: spec.retentionSize)",
      },
    ],
  }),
});
