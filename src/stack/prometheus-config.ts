// A typed view of prometheus.yml: jobs with their targets and relabelling, rule files, alerting, remote write; each with its line.
import type { ConfigDocument } from "../model/config.ts";
import { isRecord, textRecord } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { listAt, placeOf, valueAt } from "./config-value.ts";
import type { RelabelRule, TargetSettings } from "./relabel.ts";
import {
  type Path,
  type Placed,
  placedBoolean,
  placedDuration,
  placedNumber,
  placedText,
  placedTexts,
  type Setting,
  settingOf,
} from "./setting.ts";

export interface ScrapeJob {
  readonly at: Place;
  readonly path: Path;
  readonly name?: Placed<string>;
  readonly scheme: Setting<string>;
  readonly metricsPath: Setting<string>;
  /** Milliseconds, in force: the job's, else the global, else Prometheus' default. */
  readonly interval: Setting<number>;
  readonly timeout: Setting<number>;
  readonly honorLabels: Setting<boolean>;
  readonly fallbackProtocol?: Placed<string>;
  readonly params: Readonly<Record<string, string>>;
  readonly hasTls: boolean;
  readonly hasAuth: boolean;
  readonly targets: readonly StaticTarget[];
  readonly discoveries: readonly Discovery[];
  readonly relabelings: readonly Relabeling[];
  readonly metricRelabelings: readonly Relabeling[];
}

export interface StaticTarget {
  readonly at: Place;
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** One entry of `file_sd_configs`, `dns_sd_configs`, `kubernetes_sd_configs`, …. */
export interface Discovery {
  readonly at: Place;
  /** `file`, `dns`, `kubernetes`, `docker`, `http`, … */
  readonly kind: string;
  readonly path: Path;
  /** Patterns of file_sd, names of dns_sd. */
  readonly names: readonly Placed<string>[];
  /** A, AAAA, SRV, MX of dns_sd. */
  readonly type?: Placed<string>;
  readonly port?: Placed<number>;
  readonly role?: Placed<string>;
  readonly url?: Placed<string>;
  readonly namespaces: readonly string[];
}

export interface Relabeling {
  readonly at: Place;
  readonly rule: RelabelRule;
}

export interface RemoteWrite {
  readonly at: Place;
  readonly url?: Placed<string>;
  readonly name?: Placed<string>;
}

export interface AlertmanagerTarget {
  readonly at: Place;
  readonly scheme: Setting<string>;
  readonly pathPrefix: Setting<string>;
  readonly apiVersion?: Placed<string>;
  readonly targets: readonly StaticTarget[];
  readonly discoveries: readonly Discovery[];
}

export interface PrometheusConfig {
  readonly doc: ConfigDocument;
  readonly scrapeInterval: Setting<number>;
  readonly scrapeTimeout: Setting<number>;
  readonly evaluationInterval: Setting<number>;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly ruleFiles: readonly Placed<string>[];
  readonly scrapeConfigFiles: readonly Placed<string>[];
  readonly jobs: readonly ScrapeJob[];
  readonly alertmanagers: readonly AlertmanagerTarget[];
  readonly remoteWrites: readonly RemoteWrite[];
}

const known = new WeakMap<ConfigDocument, PrometheusConfig>();

/** The typed view of a document, read once however many rules ask for it. */
export function readPrometheusConfig(doc: ConfigDocument): PrometheusConfig {
  const config = known.get(doc) ?? readConfig(doc);
  known.set(doc, config);
  return config;
}

/** Reads a document of kind `prometheus`; anything in it may be missing or of a wrong shape. A bare list is a list of jobs. */
function readConfig(doc: ConfigDocument): PrometheusConfig {
  const scrapeInterval = settingOf(60_000, placedDuration(doc, "global", "scrape_interval"));
  const scrapeTimeout = settingOf(10_000, placedDuration(doc, "global", "scrape_timeout"));
  const base: Path = Array.isArray(doc.value) ? [] : ["scrape_configs"];
  return {
    doc,
    scrapeInterval,
    scrapeTimeout,
    evaluationInterval: settingOf(60_000, placedDuration(doc, "global", "evaluation_interval")),
    externalLabels: textRecord(valueAt(doc.value, "global", "external_labels")),
    ruleFiles: placedTexts(doc, "rule_files"),
    scrapeConfigFiles: placedTexts(doc, "scrape_config_files"),
    jobs: listAt(doc.value, ...base).map((_job, index) =>
      readJob(doc, [...base, index], scrapeInterval, scrapeTimeout),
    ),
    alertmanagers: listAt(doc.value, "alerting", "alertmanagers").map((_entry, index) =>
      readAlertmanager(doc, ["alerting", "alertmanagers", index]),
    ),
    remoteWrites: listAt(doc.value, "remote_write").map((_entry, index) => ({
      at: placeOf(doc, "remote_write", index),
      ...optional("url", placedText(doc, "remote_write", index, "url")),
      ...optional("name", placedText(doc, "remote_write", index, "name")),
    })),
  };
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T };
}

function readJob(
  doc: ConfigDocument,
  path: Path,
  interval: Setting<number>,
  timeout: Setting<number>,
): ScrapeJob {
  const ownInterval = settingOf(
    interval.value,
    placedDuration(doc, ...path, "scrape_interval"),
    asPlaced(interval),
  );
  const ownTimeout = placedDuration(doc, ...path, "scrape_timeout");
  const job = valueAt(doc.value, ...path);
  return {
    at: placeOf(doc, ...path),
    path,
    ...optional("name", placedText(doc, ...path, "job_name")),
    scheme: settingOf("http", placedText(doc, ...path, "scheme")),
    metricsPath: settingOf("/metrics", placedText(doc, ...path, "metrics_path")),
    interval: ownInterval,
    // A global timeout longer than the job's interval is cut to the interval; an own one is an error.
    timeout: ownTimeout ?? (timeout.value > ownInterval.value ? ownInterval : timeout),
    honorLabels: settingOf(false, placedBoolean(doc, ...path, "honor_labels")),
    ...optional("fallbackProtocol", placedText(doc, ...path, "fallback_scrape_protocol")),
    params: firstParams(valueAt(job, "params")),
    hasTls: isRecord(valueAt(job, "tls_config")),
    hasAuth: ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"].some(
      (key) => valueAt(job, key) !== undefined,
    ),
    targets: readStatic(doc, [...path, "static_configs"]),
    discoveries: readDiscoveries(doc, path),
    relabelings: readRelabelings(doc, [...path, "relabel_configs"]),
    metricRelabelings: readRelabelings(doc, [...path, "metric_relabel_configs"]),
  };
}

function asPlaced<T>(setting: Setting<T>): Placed<T> | undefined {
  return setting.at === undefined ? undefined : { value: setting.value, at: setting.at };
}

function firstParams(params: unknown): Readonly<Record<string, string>> {
  if (!isRecord(params)) return {};
  return textRecord(
    Object.fromEntries(
      Object.entries(params).map(([key, list]) => [key, Array.isArray(list) ? list[0] : list]),
    ),
  );
}

function readStatic(doc: ConfigDocument, path: Path): readonly StaticTarget[] {
  return listAt(doc.value, ...path).flatMap((_group, index) => readTargetGroup(doc, [...path, index]));
}

/** A group of targets with labels: of static_configs, or of a file_sd file. */
function readTargetGroup(doc: ConfigDocument, path: Path): readonly StaticTarget[] {
  const labels = textRecord(valueAt(doc.value, ...path, "labels"));
  return placedTexts(doc, ...path, "targets").map(({ value, at }) => ({ at, address: value, labels }));
}

/** Targets of a document of kind `prometheus-file-sd`. */
export function readFileTargets(doc: ConfigDocument): readonly StaticTarget[] {
  return listAt(doc.value).flatMap((_group, index) => readTargetGroup(doc, [index]));
}

function readDiscoveries(doc: ConfigDocument, path: Path): readonly Discovery[] {
  const owner = valueAt(doc.value, ...path);
  if (!isRecord(owner)) return [];
  return Object.keys(owner).flatMap((key) => {
    const kind = /^(\w+)_sd_configs$/.exec(key)?.[1];
    if (kind === undefined) return [];
    return listAt(owner, key).map((_entry, index) => readDiscovery(doc, [...path, key, index], kind));
  });
}

function readDiscovery(doc: ConfigDocument, path: Path, kind: string): Discovery {
  return {
    at: placeOf(doc, ...path),
    kind,
    path,
    names: [...placedTexts(doc, ...path, "files"), ...placedTexts(doc, ...path, "names")],
    ...optional("type", placedText(doc, ...path, "type")),
    ...optional("port", placedNumber(doc, ...path, "port")),
    ...optional("role", placedText(doc, ...path, "role")),
    ...optional("url", placedText(doc, ...path, "url") ?? placedText(doc, ...path, "host")),
    namespaces: placedTexts(doc, ...path, "namespaces", "names").map((name) => name.value),
  };
}

/** Entries of a list of relabel_config; also usable for write_relabel_configs and alert_relabel_configs. */
export function readRelabelings(doc: ConfigDocument, path: Path): readonly Relabeling[] {
  return listAt(doc.value, ...path).map((entry, index) => ({
    at: placeOf(doc, ...path, index),
    rule: readRelabelRule(entry),
  }));
}

function readRelabelRule(entry: unknown): RelabelRule {
  const texts = textRecord(entry);
  const sources = valueAt(entry, "source_labels");
  return {
    ...optional("action", texts.action),
    ...(Array.isArray(sources) ? { sourceLabels: sources.map(String) } : {}),
    ...optional("separator", texts.separator),
    ...optional("regex", texts.regex),
    ...optional("targetLabel", texts.target_label),
    ...optional("replacement", texts.replacement),
    ...(texts.modulus === undefined ? {} : { modulus: Number(texts.modulus) }),
  };
}

function readAlertmanager(doc: ConfigDocument, path: Path): AlertmanagerTarget {
  return {
    at: placeOf(doc, ...path),
    scheme: settingOf("http", placedText(doc, ...path, "scheme")),
    pathPrefix: settingOf("/", placedText(doc, ...path, "path_prefix")),
    ...optional("apiVersion", placedText(doc, ...path, "api_version")),
    targets: readStatic(doc, [...path, "static_configs"]),
    discoveries: readDiscoveries(doc, path),
  };
}

/** What the relabelling simulation needs to know about a job. */
export function targetSettings(job: ScrapeJob): TargetSettings {
  return {
    job: job.name?.value ?? "",
    scheme: job.scheme.value,
    metricsPath: job.metricsPath.value,
    params: job.params,
  };
}
