// A damaged WAL or checkpoint that Prometheus could not repair by itself.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/wal-corrupt",
  title: "The WAL or a checkpoint is corrupt and cannot be repaired, so Prometheus does not start",
  why: "Power loss, a full disk, a killed node or a file system without POSIX semantics damaged the log. Prometheus repairs what it can (`attempting repair` followed by a start is harmless); when the repair itself fails it ends.",
  severity: "critical",
  component: "prometheus",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "replay",
  texts: [
    "opening storage failed: repair corrupted WAL",
    "repair corrupted WAL: cannot handle error",
    "opening storage failed…corruption in segment {segment} at {offset#}",
    "opening storage failed…unexpected non-zero byte in padded page",
    "opening storage failed…unexpected checksum",
    "opening storage failed…invalid record type",
    "opening storage failed: read WAL…",
    "opening storage failed…backfill checkpoint…",
    "WAL truncation in Compact: create checkpoint…corruption in segment {segment} at {offset#}",
    "create checkpoint…unexpected checksum",
  ],
  except: ["segments are not sequential", "no space left on device", "permission denied"],
  recoveredBy: ["Server is ready to receive web requests"],
  says: ({ line, captures }) => {
    const where = captures.segment ? ` in ${captures.segment}` : "";
    return /create checkpoint/.test(line.text) && !/opening storage/.test(line.text)
      ? `The WAL is corrupt${where}: no checkpoint can be made, so every compaction fails and the WAL grows`
      : `The WAL is corrupt${where} and the repair failed: the storage does not open`;
  },
  rivals: [
    {
      rule: "prometheus/wal-segments-not-sequential",
      tellApart: "there a number is missing from the row of segments",
    },
  ],
  decideWith: "ls -l DATA_DIRECTORY/wal; dmesg | tail",
  references: [
    "https://github.com/prometheus/prometheus/issues/4603",
    "https://prometheus.io/docs/prometheus/latest/storage/",
  ],
  fix: () => ({
    summary:
      "With Prometheus stopped, move the wal directory (and chunks_head) away, keeping a copy: at most the newest 2 to 3 hours are lost",
    risk: "destructive",
    steps: [
      {
        do: "by-hand",
        title: "Look for the reason first: a full disk or a network file system",
        command: "df -h DATA_DIRECTORY; findmnt -T DATA_DIRECTORY",
      },
    ],
  }),
});
