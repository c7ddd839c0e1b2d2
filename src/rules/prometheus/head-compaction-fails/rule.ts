// Head compaction keeps failing: the write-ahead log and memory grow until something else breaks.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/head-compaction-fails",
  title:
    "Prometheus cannot write its head block (compaction fails again and again), so the WAL and memory keep growing",
  why: "Every two hours the head becomes a block and the write-ahead log is cut. When that fails each time, nothing is ever released: wal/ holds far more than three hours, memory follows the number of series, and the next restart replays all of it. Either the disk refuses the block, or an exporter or label has created so many series that writing them does not end.",
  severity: "critical",
  component: "prometheus",
  layer: "ingestion",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    'msg="compaction failed" err="compact head: {error*}',
    'msg="compaction failed" err="persist head block: {error*}',
    'msg="compaction failed"{rest*}err="compact head: {error*}',
    'msg="Compaction failed"{rest*}err="{error*}',
  ],
  // told by the rules about disks and permissions
  except: [
    "no space left on device",
    "permission denied",
    "read-only file system",
    "out of order series",
    "operation not permitted",
    "input/output error",
    "meta.json",
    "context canceled",
    "interrupted",
  ],
  atLeast: 2,
  uses: ["metrics.samples"],
  recoveredBy: ['msg="Head GC completed"', 'msg="write block"'],
  confirm(_hit, facts) {
    const series = facts["metrics.samples"].find(({ name }) => name === "prometheus_tsdb_head_series");
    const failed = facts["metrics.samples"].find(
      ({ name, value }) => name === "prometheus_tsdb_compactions_failed_total" && value > 0,
    );
    const proof = [series, failed].flatMap((sample) => (sample ? [sample.at] : []));
    return proof.length > 0 ? { holds: true, proof } : { certainty: "likely" };
  },
  says: ({ lines, line, captures }) =>
    `${lines.reduce((sum, one) => sum + (one.count ?? 1), 0)} compactions of the head failed (${(captures.error ?? line.text).replace(/[\\"].*$/, "").slice(0, 120)}): WAL and memory grow until they succeed; look for a metric or label whose series exploded (cardinality)`,
  rivals: [
    { rule: "prometheus/volume-full", tellApart: "there the error is no space left on device" },
    { rule: "prometheus/data-directory-not-writable", tellApart: "there it is permission denied" },
  ],
  decideWith:
    "curl -s http://PROMETHEUS:9090/api/v1/status/tsdb | jq '.data.headStats, .data.seriesCountByMetricName[:5]'; du -sh DATA_DIRECTORY/wal",
  references: [
    "https://prometheus.io/docs/prometheus/latest/storage/",
    "https://github.com/prometheus/prometheus/issues/7955",
  ],
  fix: () =>
    byHand(
      "Drop the label or metric that exploded (metric_relabel_configs, sample_limit on the job), then restart once with enough memory to replay",
      "See which metrics have most series",
      "curl -s http://PROMETHEUS:9090/api/v1/status/tsdb | jq '.data.seriesCountByMetricName'",
    ),
});
