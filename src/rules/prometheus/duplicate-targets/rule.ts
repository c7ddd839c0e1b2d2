// The same series from two targets: a target defined twice, or relabelling took away what told them apart.
import type { ConfigDocument } from "../../../model/config.ts";
import { isRecord, itemsOf, valueAt } from "../../../model/json-value.ts";
import type { Place } from "../../../model/place.ts";
import type { TextLine } from "../../../model/text.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/duplicate-targets",
  title:
    "Two targets write the same series: a target is defined twice or relabelling removed the label that tells them apart",
  why: "Prometheus keeps one value per series and time. When two scrape pools or two entries give identical label sets, the second sample of each pair is dropped as out of order or as a different value for the same timestamp.",
  severity: "warning",
  component: "prometheus",
  layer: "ingestion",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    "Error on ingesting out-of-order samples",
    "Error on ingesting samples with different value but same timestamp",
    "duplicate sample for timestamp",
    "err=…out of order sample",
  ],
  // What a receiver answers is about its senders, not about targets.
  except: ["server returned HTTP status 400", "component=remote"],
  uses: ["prometheus.targets", "config.documents", "host.versions"],
  unconfirmed: "likely",
  confirm: (hit, facts) => {
    if (isStray(hit.lines)) return { holds: false };
    const same = sameLabels(facts["prometheus.targets"]);
    if (same)
      return {
        holds: true,
        proof: [same[0].at, same[1].at],
        says: `Targets ${same[0].scrapeUrl ?? same[0].instance} and ${same[1].scrapeUrl ?? same[1].instance} have identical labels and write the same series`,
      };
    const pool = hit.lines
      .map((line) => line.fields?.scrape_pool ?? line.text.match(/scrape_pool="?([^\s"]+)/)?.[1])
      .find(Boolean);
    const dropping = droppedLabels(facts["config.documents"], pool);
    if (dropping)
      return {
        certainty: dropping.job ? "proven" : "likely",
        proof: [dropping.at],
        says: `Series of ${pool ?? "the target"} become the same because metric relabelling drops the label${dropping.labels.length > 1 ? "s" : ""} ${dropping.labels.join(", ")}${dropping.job ? ` (labeldrop in metric_relabel_configs of job ${dropping.job})` : " (labeldrop)"} that told them apart: the second sample of each is refused`,
      };
    const onlyDifferent = hit.lines.every((line) => /different value but same timestamp/.test(line.text));
    const pools = new Set(
      hit.lines.map((line) => line.fields?.scrape_pool ?? line.text.match(/scrape_pool=(\S+)/)?.[1]),
    );
    if (
      onlyDifferent &&
      pools.size === 1 &&
      facts["host.versions"].some(
        (entry) => /upgrad/i.test(entry.before ?? "") || (entry.of === "prometheus" && entry.before),
      )
    )
      return { holds: false };
    return {};
  },
  says: ({ line }) =>
    `Samples of ${line.fields?.target ?? line.fields?.scrape_pool ?? "several targets"} collide with those of another target with the same labels`,
  rivals: [
    {
      rule: "prometheus/response-repeats-series",
      tellApart: "there one response holds a series twice, since an upgrade to 2.52 or later",
    },
  ],
  decideWith:
    "curl -s http://PROMETHEUS:9090/api/v1/targets | jq -r '.data.activeTargets[].labels|tostring' | sort | uniq -d",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/3080",
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config",
  ],
  fix: (finding) => ({
    summary: /labeldrop/.test(finding.says)
      ? "Remove that labeldrop (or aggregate in a recording rule instead): a label that tells series apart may not go; to thin out, drop whole metrics with action: drop on __name__"
      : "Remove one of the two targets (monitor, static entry), or keep a label that tells them apart; scrape_pool in the log names the object",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Find the pair", command: "curl -s http://PROMETHEUS:9090/api/v1/targets" },
    ],
  }),
});

/** A sample or two that came late, once: a target that repeats itself does so at every scrape. */
function isStray(lines: readonly TextLine[]): boolean {
  if (lines.length > 1 || (lines[0]?.count ?? 1) > 1) return false;
  const [line] = lines;
  const dropped = line?.fields?.num_dropped ?? /num_dropped=(\d+)/.exec(line?.text ?? "")?.[1];
  return dropped !== undefined && Number(dropped) <= 2;
}

interface Dropping {
  readonly labels: readonly string[];
  readonly job?: string;
  readonly at: Place;
}

/** A labeldrop of metric relabelling, in the job of that scrape pool or in the only monitor or values at hand. */
function droppedLabels(documents: readonly ConfigDocument[], pool: string | undefined): Dropping | undefined {
  for (const document of documents) {
    if (document.kind === "prometheus") {
      const jobs = itemsOf(valueAt(document.value, "scrape_configs")).filter(isRecord);
      const job = jobs.find(({ job_name: name }) => name === pool);
      const labels = dropsOf(job?.metric_relabel_configs);
      if (job && labels.length > 0) return { labels, job: String(job.job_name), at: document.at };
    } else if (/ServiceMonitor|PodMonitor|serviceMonitor|podMonitor/.test(document.text.slice(0, 20_000))) {
      const labels = dropsIn(document.value, 0);
      if (labels.length > 0) return { labels, at: document.at };
    }
  }
  return undefined;
}

function dropsIn(value: unknown, depth: number): readonly string[] {
  if (depth > 12) return [];
  if (Array.isArray(value)) return value.slice(0, 200).flatMap((item) => dropsIn(item, depth + 1));
  if (!isRecord(value)) return [];
  return Object.entries(value)
    .slice(0, 200)
    .flatMap(([key, item]) => (key === "metricRelabelings" ? dropsOf(item) : dropsIn(item, depth + 1)));
}

function dropsOf(rules: unknown): readonly string[] {
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule) =>
    isRecord(rule) && /^labeldrop$/i.test(String(rule.action)) && rule.regex !== undefined
      ? [String(rule.regex)]
      : [],
  );
}

interface TargetLike {
  readonly labels: Readonly<Record<string, string>>;
  readonly dropped?: boolean;
  readonly scrapeUrl?: string;
  readonly instance?: string;
  readonly at: { readonly source: string; readonly line?: number };
}

function sameLabels(targets: readonly TargetLike[]): [TargetLike, TargetLike] | undefined {
  const seen = new Map<string, TargetLike>();
  for (const target of targets) {
    if (target.dropped || Object.keys(target.labels).length === 0) continue;
    const key = JSON.stringify(Object.entries(target.labels).sort());
    const other = seen.get(key);
    if (other) return [other, target];
    seen.set(key, target);
  }
  return undefined;
}
