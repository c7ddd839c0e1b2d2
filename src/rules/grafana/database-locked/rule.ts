// Two writers, or a file system whose locks do not work.
import type { Facts } from "../../../model/facts.ts";
import { readySince } from "../../../stack/ready-since.ts";
import { ownerOf, repair } from "../../change-configuration.ts";
import { runOne } from "../../change-object.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/database-locked",
  title: "Grafana's SQLite database is locked: two instances write one file, or its file system cannot lock",
  why: "SQLite has one writer. Two replicas, a rolling update that overlaps, an old process, or NFS and SMB make `database is locked` last. A single line under load that is retried is harmless.",
  severity: "critical",
  component: "grafana",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["database is locked", "SQLITE_BUSY", "database table is locked"],
  uses: [
    "config.documents",
    "kubernetes.objects",
    "kubernetes.workloads",
    "kubernetes.pods",
    "host.mounts",
    "kubernetes.claims",
    "kubernetes.storageclasses",
  ],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const several =
      hit.component?.workload && (hit.component.workload.desired ?? 1) > 1
        ? hit.component.workload.at
        : undefined;
    const pods = (hit.component?.pods ?? []).filter(
      (pod) => pod.phase === "Running" || pod.statusText === "Running",
    );
    const network = facts["host.mounts"].find((mount) =>
      /^(nfs4?|cifs|smb3?|fuse\..*)$/.test(mount.type ?? ""),
    );
    const claim = facts["kubernetes.claims"].find(
      ({ name, storageClass }) => /grafana/.test(name) && isNetworked(storageClass, facts),
    );
    const fatal = hit.lines.some((line) =>
      /migration|Failed to start|failed to check table|service init failed|exit|^\s*Error: ✗/i.test(
        line.text,
      ),
    );
    const many = hit.lines.reduce((sum, line) => sum + (line.count ?? 1), 0) >= 5;
    const said = facts["text.lines"].find(
      (line) =>
        line.stream === "note" &&
        line.text.length < 2_000 &&
        /\b(?:NFS|EFS|CIFS|SMB|Azure Files?|GlusterFS)\b/.test(line.text),
    );
    const at =
      several ??
      (pods.length > 1 ? pods[0]?.at : undefined) ??
      network?.at ??
      (fatal ? (claim?.at ?? said?.at) : undefined);
    if (at)
      return {
        holds: true,
        proof: [at],
        says: several
          ? `${hit.component?.workload?.desired} replicas of Grafana write one SQLite file`
          : network || ((claim || said) && pods.length < 2)
            ? "The SQLite file is on a network file system (NFS, EFS, SMB) whose locks do not work: move it to a block volume or use PostgreSQL or MySQL"
            : "Two Grafana pods run at once on one SQLite file",
      };
    // It asks again and gets through: a Grafana that is ready has its database.
    if (hit.component && readySince(hit.component) !== undefined) return { holds: false };
    if (fatal || many) return { holds: true, certainty: "likely" };
    return {};
  },
  says: () =>
    "Grafana's database is locked for long: another Grafana writes the same SQLite file, or its file system cannot lock",
  rivals: [
    {
      rule: "grafana/database-on-network-filesystem",
      tellApart: "there the errors are `disk I/O error` or `malformed`",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get deploy GRAFANA -o jsonpath='{.spec.replicas} {.spec.strategy.type}'; findmnt -T /var/lib/grafana",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/set-up-for-high-availability/"],
  fix: (finding, facts, stack) =>
    repair(
      "Run one Grafana: SQLite is one writer's file",
      "disruptive",
      runOne(facts, ownerOf(finding, stack)?.workload, "Run one Grafana: SQLite is one writer's file"),
    ) ?? {
      summary:
        "One replica with strategy Recreate on a local disk (GF_DATABASE_WAL=true), or PostgreSQL/MySQL",
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title: "One writer only",
          command: "kubectl -n NAMESPACE scale deploy GRAFANA --replicas=1",
        },
      ],
    },
});

/** By the provisioner where it is shown, by the name of the class otherwise. */
function isNetworked(
  storageClass: string | undefined,
  facts: Pick<Facts, "kubernetes.storageclasses">,
): boolean {
  const found = facts["kubernetes.storageclasses"].find(({ name }) => name === storageClass);
  return /(?:^|[^a-z])(?:nfs|efs|smb|cifs|azurefile|azure-file|file\.csi|filestore|glusterfs)/i.test(
    `${found?.provisioner ?? storageClass ?? ""}`,
  );
}
