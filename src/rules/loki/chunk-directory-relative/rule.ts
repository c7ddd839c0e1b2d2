// The filesystem store has no directory: chunks go to <tenant>/… below the working directory.
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/chunk-directory-relative",
  title: "Loki's filesystem store has no chunk directory, so chunks cannot be flushed",
  why: "Without storage_config.filesystem.directory (or common.storage.filesystem.chunks_directory) chunk paths are relative to the working directory, / in the image, which is read-only or not writable for uid 10001. Pushes still answer 204, but nothing survives a restart and the WAL grows.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "store put chunk: mkdir {dir}: permission denied",
    "store put chunk: mkdir {dir}: read-only file system",
    "store put chunk: open {dir}: read-only file system",
    "failed to flush{text*}mkdir {dir}: permission denied",
    "failed to flush{text*}mkdir {dir}: read-only file system",
    "mkdir fake: permission denied",
    "mkdir fake: read-only file system",
    // the old layout: the chunk's name in base64 (ZmFrZS is fake/), below the working directory
    "open ZmFrZS{rest}: permission denied",
    "open ZmFrZS{rest}: read-only file system",
  ],
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const dir = /(?:mkdir|open) ([^\s:"\\]+)/.exec(hit.line.text)?.[1] ?? hit.captures.dir ?? "fake";
    if (dir.startsWith("/")) return { holds: false };
    const settings = lokiSettings(facts, stack, hit.component);
    const known = settings.find(({ isWhole }) => isWhole);
    if (!known) return { certainty: "proven" };
    const chunks = known.paths.filter(({ what }) => what === "chunks");
    if (chunks.some(({ isRelative }) => !isRelative)) return { holds: false };
    return { holds: true, proof: [chunks[0]?.at ?? known.doc.at] };
  },
  says: ({ line }) =>
    `Chunks go to the relative path ${/mkdir ([^\s:"\\]+)/.exec(line.text)?.[1] ?? "fake"} (${/mkdir fake/.test(line.text) ? "fake is the tenant of auth_enabled: false" : "a tenant's folder"}): the filesystem store has no directory. Set common.storage.filesystem.chunks_directory (storage_config.filesystem.directory) to a folder inside the data volume`,
  rivals: [
    {
      rule: "loki/data-directory-not-writable",
      tellApart: "there the refused path is absolute and the owner of the volume is wrong",
    },
  ],
  decideWith: "curl -s http://LOKI:3100/config | grep -A2 'filesystem:'",
  references: [
    "https://github.com/grafana/loki/issues/20910",
    "https://github.com/grafana/loki/blob/main/pkg/ingester/flush.go",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set common.storage.filesystem.chunks_directory: /loki/chunks, inside the data volume",
      [{ path: ["common", "storage", "filesystem", "chunks_directory"], value: "/loki/chunks" }],
    ),
});
