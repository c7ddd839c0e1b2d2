// A file of Loki's old index is damaged: bbolt panics when it reads it.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/index-file-corrupt",
  title:
    "A boltdb index file of Loki is corrupt (bbolt panics at a page), usually after power loss, a kill or a full disk",
  why: "boltdb-shipper writes the index of the last hours into local bbolt files below active_index_directory and copies of uploaded ones into the cache. A file that was cut or overwritten makes bbolt panic (invalid page type, page already freed) as soon as it is opened: Loki ends at every start until the one file is moved away.",
  severity: "critical",
  component: "loki",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "replay",
  from: ["loki"],
  texts: [
    "panic: invalid page type: {numbers*}",
    "panic: page {number#} already freed",
    "panic: assertion failed: Page expected to be{rest*}",
    "panic: invalid freelist page{rest*}",
    "failed to open existing index file{rest*}invalid database",
  ],
  confirm: (hit, facts) => ({
    holds:
      hit.line.component === "loki" ||
      facts["text.lines"].some(
        (line) =>
          line.at.source === hit.line.at.source && /loki|boltdb/i.test(`${line.component ?? ""}${line.text}`),
      ),
    certainty: "likely",
  }),
  says: ({ line }) =>
    `A boltdb index file is corrupt (${line.text.replace(/^.*panic: /, "").slice(0, 80)}): Loki ends whenever it opens it`,
  decideWith: "ls -la PATH_PREFIX/boltdb-shipper-active PATH_PREFIX/boltdb-shipper-cache; dmesg | tail",
  references: [
    "https://github.com/etcd-io/bbolt#known-issues",
    "https://grafana.com/docs/loki/latest/operations/storage/boltdb-shipper/",
  ],
  fix: () =>
    byHand(
      "With Loki stopped move the newest files of boltdb-shipper-active (and the cache, which is fetched again) away, keeping a copy; the index of at most the last hours is lost. Then go on to tsdb with a new schema period",
      "See the files",
      "ls -lat PATH_PREFIX/boltdb-shipper-active | head",
      "destructive",
    ),
});
