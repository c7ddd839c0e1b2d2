// The write-ahead log was cut off by an unclean end, and this Loki does not get over it.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/wal-corrupt",
  title: "Loki's write-ahead log is corrupt and stops the start",
  why: "Power loss, a full disk or a kill during a write leaves a torn record or a wrong checksum in a WAL segment (the ingester's, or that of the TSDB index). If reading it is fatal, Loki exits on every start; if the log says that a repair is attempted, it heals itself.",
  severity: "critical",
  component: "loki",
  layer: "storage",
  nature: "cause",
  effect: "down",
  phase: "replay",
  texts: [
    "corruption in segment",
    "last record is torn",
    "unexpected checksum",
    "error recovering from TSDB WAL",
    "error recovering from WAL",
    "failed to recover from WAL",
  ],
  except: [
    "attempting repair",
    "Recovered from WAL segments with errors",
    "no administrator action is needed",
  ],
  recoveredBy: [
    "Loki started",
    "attempting repair",
    "successfully repaired WAL",
    "WAL segment recovery finished",
  ],
  uses: ["kubernetes.pods"],
  confirm(hit) {
    const text = hit.lines.map((line) => line.text.slice(0, 4_000)).join("\n");
    const isLoki =
      hit.line.component === "loki" || /loki|tsdb-shipper|tsdb-index|module: (?:ingester|store)/i.test(text);
    if (!isLoki) return { holds: false };
    const isFatal =
      /error running loki|error initialising module|level=fatal|panic|failed services|init failed/i.test(
        text,
      );
    const pods = hit.component?.pods ?? [];
    const crashes = pods.some(
      (pod) => /CrashLoop|Error/.test(pod.statusText ?? "") || (pod.restarts ?? 0) > 2,
    );
    const status = hit.component?.docker?.statusText ?? "";
    if (isFatal || crashes || /restarting|exited/i.test(status)) return { holds: true };
    return pods.some((pod) => pod.ready) || /^up/i.test(status) ? { holds: false } : {};
  },
  says: ({ line }) => {
    const segment =
      /(?:segment|file|dir(?:ectory)?)[ =:]+"?(\/[\w./-]+\/\d{8})/.exec(line.text)?.[1] ??
      /(\/[\w./-]{3,200}\/\d{8,20})/.exec(line.text)?.[1];
    const which = /tsdb/i.test(line.text) ? "the TSDB index WAL" : "the WAL";
    return `Loki cannot read ${which}${segment ? ` (${segment})` : ""}: ${/torn/i.test(line.text) ? "its last record is torn" : "a record is corrupt"} after an unclean stop; move the damaged segment aside (keep the copy) and start again`;
  },
  rivals: [
    { rule: "loki/disk-full", tellApart: "a full disk comes first in the log: no space left on device" },
    {
      rule: "loki/wal-replay-out-of-memory",
      tellApart: "there the process is killed (exit code 137) while it replays",
    },
  ],
  decideWith: "kubectl logs LOKI-POD --previous | tail -40; ls -l /loki/wal /loki/tsdb-shipper-active/wal",
  references: [
    "https://github.com/grafana/loki/issues/12583",
    "https://github.com/grafana/loki/pull/18175",
    "https://github.com/grafana/loki/blob/main/docs/sources/operations/troubleshooting/troubleshoot-ingest.md",
  ],
  fix: () => ({
    summary:
      "Stop Loki, move the named segment (or tsdb-shipper-active/wal) aside and keep it, start again; upgrade to a version that skips torn segments. Lines of that segment that were not flushed are lost",
    risk: "destructive",
    steps: [
      { do: "by-hand", title: "Stop Loki, then move the segment out of the WAL folder; do not delete it" },
    ],
  }),
});
