// SQLite on NFS or SMB.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/database-on-network-filesystem",
  title: "Grafana's SQLite database lies on NFS or SMB, where SQLite's locking does not work",
  why: "SQLite needs byte-range locks and mapped memory that NFS and CIFS mounts often do not give. Migrations fail with `disk I/O error`, `unable to open database file`, or the file is damaged.",
  severity: "critical",
  component: "grafana",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["disk I/O error", "database disk image is malformed", "unable to open database file"],
  uses: ["host.mounts", "kubernetes.volumes", "kubernetes.claims", "kubernetes.pods"],
  unconfirmed: "possible",
  confirm: (hit, facts) => {
    if (hit.line.component !== "grafana" && hit.component?.kind !== "grafana") return { holds: false };
    const mount = facts["host.mounts"].find((entry) =>
      /^(nfs4?|cifs|smb3?|fuse\..*)$/.test(entry.type ?? ""),
    );
    const volume = facts["kubernetes.volumes"].find(
      (entry) =>
        entry.type === "nfs" ||
        /nfs|smb|efs|azurefile|cifs/.test(`${entry.csiDriver ?? ""} ${entry.storageClass ?? ""}`),
    );
    const inline = hit.component?.pods
      .flatMap((pod) => pod.spec?.volumes ?? [])
      .find((entry) => entry.type === "nfs");
    const said = facts["text.lines"].find(
      (line) => line.stream === "note" && /\b(nfs|cifs|smb|efs|azure files?)\b/i.test(line.text),
    );
    const at = mount?.at ?? volume?.at ?? inline?.at ?? said?.at;
    return at ? { holds: true, proof: [at] } : {};
  },
  says: ({ line }) =>
    `SQLite reports ${line.text.match(/disk I\/O error|database disk image is malformed|unable to open database file/i)?.[0]}: the database is on NFS, SMB or a similar file system where its locking does not work`,
  rivals: [
    {
      rule: "host-disk-failing",
      tellApart: "a dying disk would show I/O errors in dmesg",
      decideWith: "dmesg | grep -i 'i/o error'",
    },
  ],
  decideWith: "findmnt -T /var/lib/grafana; kubectl get pv -o wide",
  references: [
    "https://www.sqlite.org/lockingv3.html",
    "https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#database",
  ],
  fix: () => ({
    summary:
      "Use a local or block volume, or an external database (PostgreSQL, MySQL); CIFS: mount option nobrl",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "See what the volume is", command: "kubectl get pv -o wide" }],
  }),
});
