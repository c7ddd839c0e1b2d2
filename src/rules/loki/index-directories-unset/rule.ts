// No prefix, and no folders for the index shipper or the compactor either.
import { lokiFix } from "../../loki-fix.ts";
import { textRule } from "../../text-rule.ts";

const named = /`?(tsdb_shipper|boltdb_shipper)`?, ?`?(active_index_directory|cache_location)/i;

export const rule = textRule({
  id: "loki/index-directories-unset",
  title: "Loki has no directory for its index or compactor: common.path_prefix is not set",
  why: "The active index, its cache and the compactor's working directory get their defaults from common.path_prefix. Where the prefix is missing each must be set, otherwise Loki ends with CONFIG ERROR.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "active_index_directory` is not set",
    "cache_location` is not set",
    "`working_directory:` is empty",
    "active_index_directory is not set",
    "cache_location is not set",
    "compactor: working_directory: is empty",
    // an empty path, before there was a check for it
    "mkdir : no such file or directory",
  ],
  from: "any",
  uses: ["config.documents"],
  confirm: (hit) => ({
    holds:
      hit.line.component === "loki" ||
      /config error|path_prefix|shipper|compactor/i.test(hit.line.text) ||
      (/mkdir : no such/.test(hit.line.text) && hit.line.component === undefined),
  }),
  says: ({ lines }) => {
    const keys = [...new Set(lines.slice(-20).map(({ text }) => keyOf(text)))];
    return `${keys.join(" and ")} ${keys.length > 1 ? "are" : "is"} not set, and there is no common.path_prefix to derive it from: set common.path_prefix: /loki`;
  },
  rivals: [
    {
      rule: "loki/wal-directory-relative",
      tellApart: "the same missing prefix, met later: mkdir wal: permission denied",
    },
  ],
  decideWith: "loki -verify-config=true -config.file=/etc/loki/local-config.yaml",
  references: ["https://github.com/grafana/loki/blob/main/pkg/loki/validation.go"],
  fix: (finding, facts) =>
    lokiFix(finding, facts, "Set common.path_prefix: /loki, a folder inside the data volume", [
      { path: ["common", "path_prefix"], value: "/loki" },
    ]),
});

function keyOf(text: string): string {
  const match = named.exec(text);
  if (match) return `storage_config.${match[1]}.${match[2]}`;
  return /working_directory|mkdir : no such/i.test(text)
    ? "compactor.working_directory"
    : "storage_config.tsdb_shipper.active_index_directory";
}
