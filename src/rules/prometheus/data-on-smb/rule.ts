// Azure Files and other SMB shares: starts fine, and fails when the first block is to be written.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/data-on-smb",
  title: "Prometheus' data directory is on SMB (Azure Files), which cannot store TSDB blocks",
  why: "SMB lacks POSIX operations that writing a block needs. Two to three hours after each start the head is to be persisted and fails with `invalid argument`; WAL and memory grow from then on.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "run",
  texts: ["compaction failed…invalid argument"],
  uses: ["host.mounts", "kubernetes.volumes", "kubernetes.claims", "kubernetes.storageclasses"],
  unconfirmed: "likely",
  confirm: (_hit, facts) => {
    const mount = facts["host.mounts"].find((entry) => /^(cifs|smb3?)$/.test(entry.type ?? ""));
    const share = facts["kubernetes.storageclasses"].find((entry) =>
      /file\.csi\.azure|azure-file|smb\.csi/.test(entry.provisioner ?? ""),
    );
    const claim = facts["kubernetes.claims"].find((entry) => /azurefile|smb/.test(entry.storageClass ?? ""));
    const at = mount?.at ?? claim?.at ?? share?.at;
    return at ? { holds: true, proof: [at] } : {};
  },
  says: () =>
    "Writing the first block fails with `invalid argument`: the data directory is on Azure Files or another SMB share",
  decideWith: "kubectl get pvc -A -o wide; findmnt -T DATA_DIRECTORY",
  references: ["https://github.com/prometheus/prometheus/issues/5362"],
  fix: () => ({
    summary: "Use block storage (Azure Disk, managed-csi) instead of Azure Files",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Find the claim's class", command: "kubectl -n NAMESPACE get pvc" }],
  }),
});
