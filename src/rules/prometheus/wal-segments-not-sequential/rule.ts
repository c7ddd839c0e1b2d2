// A hole in the numbers: somebody removed one segment in the middle, or one with an old number came back.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/wal-segments-not-sequential",
  title: "The WAL has a hole: a segment is missing, so the segments are not sequential",
  why: "The write-ahead log is a row of numbered segments. When one in the middle was deleted by hand, or a stray one with an old number was restored, Prometheus refuses to open the storage rather than lose the order of samples.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "replay",
  texts: ["segments are not sequential", "unexpected gap to last checkpoint"],
  says: () =>
    "The WAL segments are not sequential: one was deleted or a stray one was put back, and the storage does not open",
  rivals: [
    {
      rule: "prometheus/wal-corrupt",
      tellApart: "there the numbers are complete and the content of one segment is damaged",
      decideWith: "ls -l DATA_DIRECTORY/wal",
    },
  ],
  decideWith: "ls -l DATA_DIRECTORY/wal",
  references: [
    "https://github.com/prometheus/prometheus/issues/7409",
    "https://github.com/prometheus/prometheus/issues/5342",
  ],
  fix: () => ({
    summary:
      "With Prometheus stopped, move every WAL segment after the hole away (keep a copy): the newest hours are lost, the blocks stay",
    risk: "destructive",
    steps: [{ do: "by-hand", title: "Find the hole", command: "ls DATA_DIRECTORY/wal" }],
  }),
});
