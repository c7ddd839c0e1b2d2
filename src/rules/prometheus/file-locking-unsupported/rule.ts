// flock on NFS: no second process, yet the lock cannot be had.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/file-locking-unsupported",
  title: "The TSDB lock cannot be taken because file locking does not work on this volume",
  why: "NFS and SMB need a lock service. Without it, or with a stale lock after a node was lost, taking the lock fails although no other Prometheus uses the directory.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "lock DB directory: no locks available",
    "lock DB directory: {what*}: no locks available",
    "Error opening memory series storage: resource temporarily unavailable",
  ],
  uses: ["host.mounts", "kubernetes.volumes"],
  confirm: (_hit, facts) => {
    const mount = facts["host.mounts"].find((entry) => /^(nfs4?|cifs|smb3?)$/.test(entry.type ?? ""));
    const volume = facts["kubernetes.volumes"].find((entry) => entry.type === "nfs");
    const at = mount?.at ?? volume?.at;
    return at ? { holds: true, proof: [at] } : {};
  },
  says: () =>
    "No locks are available on the volume with the data directory: NFS or SMB without a working lock service, or a stale lock",
  rivals: [
    {
      rule: "prometheus/lock-held-by-second-replica",
      tellApart: "that text is `resource temporarily unavailable` and a second live process exists",
    },
  ],
  decideWith: "findmnt -T DATA_DIRECTORY",
  references: ["https://github.com/prometheus/prometheus/issues/13390"],
  fix: () => ({
    summary: "Move the data to block storage; as first aid free the stale lock on the NFS server or remount",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "See what the volume is", command: "findmnt -T DATA_DIRECTORY" }],
  }),
});
