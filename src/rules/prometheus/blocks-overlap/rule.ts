// Two blocks cover the same time: versions before 2.39 do not open such a storage without a flag.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/blocks-overlap",
  title:
    "Two TSDB blocks cover the same time, and this version does not open a storage with overlapping blocks",
  why: "A compaction that was cut off (full disk, kill) leaves the parents beside their merged block; a restored backup or a second Prometheus on the same directory does it, too. Before 2.39 the storage opens with overlapping blocks only with --storage.tsdb.allow-overlapping-blocks (from 2.7 on); the blocks themselves are sound.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "opening storage failed…invalid block sequence: block time ranges overlap{rest*}",
    "opening storage failed…block time ranges overlap{rest*}",
  ],
  recoveredBy: ["Server is ready to receive web requests"],
  says: ({ line }) => {
    const blocks = [...new Set([...line.text.matchAll(/ulid: ([0-9A-Z]{10,26})/g)].map(([, ulid]) => ulid))];
    return `${blocks.length ? `Blocks ${blocks.slice(0, 6).join(", ")}` : "Blocks"} overlap in time, so the storage does not open: run 2.39 or newer (it merges them), or move the smaller blocks that a larger one covers out of the directory`;
  },
  rivals: [
    {
      rule: "prometheus/lock-held-by-second-replica",
      tellApart: "a second Prometheus that still runs on the directory holds its lock",
    },
    { rule: "prometheus/block-without-meta", tellApart: "there a block cannot be read at all" },
  ],
  decideWith: "promtool tsdb list DATA_DIRECTORY",
  references: [
    "https://github.com/prometheus/prometheus/issues/4388",
    "https://github.com/prometheus/prometheus/blob/v2.38.0/tsdb/db.go",
  ],
  fix: (finding) =>
    byHand(
      "Upgrade to 2.39 or newer, or (2.7 to 2.38) start once with --storage.tsdb.allow-overlapping-blocks; nothing is lost by either",
      finding.says,
      "promtool tsdb list DATA_DIRECTORY",
      "disruptive",
    ),
});
