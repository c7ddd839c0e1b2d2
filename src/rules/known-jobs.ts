// The job labels that series can carry, when the configuration shows all of them; for rules that compare alerts and dashboards with it.
import type { ConfigDocument } from "../model/config.ts";
import { isRecord } from "../model/json-value.ts";
import type { Component, Stack } from "../model/stack.ts";
import { readFileTargets, readPrometheusConfig, type ScrapeJob } from "../stack/prometheus-config.ts";
import { readPromql } from "../stack/promql.ts";

export interface KnownJobs {
  readonly names: ReadonlySet<string>;
  readonly doc: ConfigDocument;
  readonly owner: Component | undefined;
}

/** Undefined where other jobs may exist: several Prometheus, job labels by relabelling, metrics that are sent in. */
export function knownJobs(documents: readonly ConfigDocument[], stack: Stack): KnownJobs | undefined {
  const configs = documents.filter(isWhole);
  const [doc] = configs;
  if (!doc || configs.length !== 1 || receivesWrites(stack.components)) return undefined;
  const { jobs, scrapeConfigFiles } = readPrometheusConfig(doc);
  if (scrapeConfigFiles.length > 0 || jobs.some(setsJob)) return undefined;
  const names = new Set([
    ...jobs.flatMap(({ name, targets }) => [
      name?.value ?? "",
      ...targets.flatMap(({ labels }) => labels.job ?? []),
    ]),
    ...documents
      .filter(({ kind }) => kind === "prometheus-file-sd")
      .flatMap(readFileTargets)
      .flatMap(({ labels }) => labels.job ?? []),
  ]);
  return { names, doc, owner: stack.components.find(({ configs: own }) => own.includes(doc)) };
}

/** The jobs that an expression selects by name. */
export function jobsOf(expr: string): readonly string[] {
  const { selectors, error } = readPromql(expr);
  if (error) return [];
  return selectors.flatMap(({ matchers }) =>
    matchers
      .filter(({ name, op, value }) => name === "job" && op === "=" && value !== "")
      .map(({ value }) => value),
  );
}

/** The whole file: it has its global block and says which jobs it has. */
function isWhole(doc: ConfigDocument): boolean {
  return (
    doc.kind === "prometheus" &&
    !doc.fragment &&
    isRecord(doc.value) &&
    ["global", "scrape_configs"].every((key) => key in (doc.value as object))
  );
}

function receivesWrites(components: readonly { kind: string; args: readonly { text: string }[] }[]): boolean {
  return components.some(
    ({ kind, args }) =>
      kind === "pushgateway" ||
      (kind === "prometheus" && args.some(({ text }) => /enable-(?:remote-write|otlp)-receiver/.test(text))),
  );
}

/** Jobs whose series may carry any job label. */
function setsJob({ honorLabels, relabelings, metricRelabelings, discoveries }: ScrapeJob): boolean {
  return (
    honorLabels.value ||
    discoveries.some(({ kind }) => kind === "file" || kind === "http" || kind === "consul") ||
    [...relabelings, ...metricRelabelings].some(
      ({ rule: { targetLabel, action } }) => targetLabel === "job" || action === "labelmap",
    )
  );
}
