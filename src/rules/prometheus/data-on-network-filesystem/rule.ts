// NFS, EFS: Prometheus says itself that it is not supported; the damage comes later.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/data-on-network-filesystem",
  title: "Prometheus' data directory is on NFS, which the TSDB does not support",
  why: "The TSDB needs a POSIX file system. On NFS (also EFS) stale handles, missing locks and damaged logs follow sooner or later. The warning alone is a risk; with stale handle or I/O errors it is the cause.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "run",
  texts: ["stale NFS file handle", "stale file handle"],
  uses: ["host.mounts", "kubernetes.volumes"],
  confirm: (_hit, facts) => {
    const mount = facts["host.mounts"].find((entry) => /^nfs4?$/.test(entry.type ?? ""));
    const volume = facts["kubernetes.volumes"].find((entry) => entry.type === "nfs");
    const at = mount?.at ?? volume?.at;
    return at ? { holds: true, proof: [at] } : { holds: true };
  },
  says: () =>
    "Writes to the data directory fail with a stale NFS file handle: NFS (or EFS) is not a file system Prometheus supports",
  decideWith: "findmnt -T DATA_DIRECTORY",
  references: [
    "https://prometheus.io/docs/prometheus/latest/storage/",
    "https://github.com/prometheus/prometheus/issues/8308",
  ],
  fix: () => ({
    summary:
      "Move the data to block storage (copy with Prometheus stopped); fs_type in the start log must not be NFS",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "See what the volume is", command: "findmnt -T DATA_DIRECTORY" }],
  }),
});
