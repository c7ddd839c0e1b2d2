// A block that is complete and damaged: only what reads it fails.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/block-content-corrupt",
  title: "One TSDB block is corrupt: queries and rules over its time range fail",
  why: "Disk or copy damage inside a block is met only when it is read: long-range rules and dashboards fail, recent ones work. The error names the block's ULID.",
  severity: "warning",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "expanding series: block: {block}:",
    "invalid magic number",
    "decode postings: invalid size",
    "reloadBlocks failed…corrupt",
    "corrupted block {block}",
    "decoding chunk: block…",
  ],
  // a file of the head is no block, and with it the storage does not open
  except: ["chunks_head/{file}: invalid magic number"],
  says: ({ captures }) =>
    `Block ${captures.block ?? "named in the log"} is damaged: what reads that time range fails`,
  rivals: [{ rule: "prometheus/block-without-meta", tellApart: "there the storage does not open at all" }],
  decideWith: "promtool tsdb analyze DATA_DIRECTORY BLOCK_ULID; smartctl -a DEVICE",
  references: ["https://github.com/prometheus/prometheus/issues/10679"],
  fix: () => ({
    summary: "Move the named block away (its time range is lost) and check the disk",
    risk: "destructive",
    steps: [
      { do: "by-hand", title: "Check the block", command: "promtool tsdb analyze DATA_DIRECTORY BLOCK_ULID" },
    ],
  }),
});
