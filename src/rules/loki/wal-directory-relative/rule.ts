// The write-ahead log goes to `wal` below the working directory, and that is / in the image.
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/wal-directory-relative",
  title: "Loki's WAL directory is relative to a working directory it may not write",
  why: "The write-ahead log is on since 2.4. Without common.path_prefix or ingester.wal.dir it is created as wal in the working directory, which is / in the image, and uid 10001 may not create a folder there. The data volume is not concerned.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "mkdir wal: permission denied",
    "mkdir wal: read-only file system",
    "mkdir /wal: permission denied",
    "mkdir /wal: read-only file system",
  ],
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const known = settings.find((entry) => entry.isWhole);
    if (!known) return {};
    const wal = known.paths.find(({ what }) => what === "wal");
    if (wal && !wal.isRelative && wal.path !== "/wal") return { holds: false };
    return {
      holds: true,
      proof: [wal && !wal.isDerived ? wal.at : known.doc.at],
      says:
        wal?.isDerived === false
          ? `ingester.wal.dir is ${wal.path}, outside the data volume, and uid 10001 may not create it: set common.path_prefix: /loki or ingester.wal.dir: /loki/wal`
          : "Neither common.path_prefix nor ingester.wal.dir is set, so the WAL goes to wal in the working directory /, where uid 10001 may not create it: set common.path_prefix: /loki or ingester.wal.dir: /loki/wal",
    };
  },
  says: () =>
    "Loki wants to create its WAL folder wal in the working directory / and may not: common.path_prefix or ingester.wal.dir does not point into the data volume",
  rivals: [
    {
      rule: "loki/data-directory-not-writable",
      tellApart: "there the path is absolute, inside the volume, and its owner is wrong",
    },
  ],
  decideWith: "curl -s http://LOKI:3100/config | grep -A3 'wal:'; grep -n 'path_prefix\\|wal' loki.yaml",
  references: [
    "https://github.com/grafana/loki/issues/5513",
    "https://github.com/grafana/loki/blob/main/pkg/ingester/ingester.go",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set common.path_prefix: /loki (or ingester.wal.dir: /loki/wal), a folder inside the data volume",
      [{ path: ["common", "path_prefix"], value: "/loki" }],
    ),
});
