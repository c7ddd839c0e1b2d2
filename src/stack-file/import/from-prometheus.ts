// An existing prometheus.yml with its target files: hosts from its targets, jobs, intervals, remote write.

import { releases } from "../../model/compatibility.ts";
import type { ConfigDocument } from "../../model/config.ts";
import {
  isRecord,
  itemsOf,
  memberOf,
  numberOf,
  textOf,
  textRecord,
  valueAt,
} from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import type { DeployedKind } from "../../model/stack-file.ts";
import type { ScrapeInput } from "../schema.ts";
import { isAddress } from "../words.ts";
import { componentOf, hostOf, type ImportDraft, nameFrom, note, serverName } from "./draft.ts";
import { splitTarget } from "./ports.ts";

interface Found {
  readonly target: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function importPrometheus(
  draft: ImportDraft,
  doc: ConfigDocument,
  targetFiles: readonly ConfigDocument[],
): void {
  const prometheus = componentOf(draft, "prometheus");
  const at = (pointer: string): Place => {
    const line = doc.lines[pointer] ?? doc.at.line;
    return { source: doc.at.source, ...(line === undefined ? {} : { line }) };
  };
  const interval = textOf(valueAt(doc.value, "global", "scrape_interval"));
  const evaluation = textOf(valueAt(doc.value, "global", "evaluation_interval"));
  const external = textRecord(valueAt(doc.value, "global", "external_labels"));
  if (interval !== undefined) prometheus.scrape_interval = interval;
  if (evaluation !== undefined) prometheus.evaluation_interval = evaluation;
  if (Object.keys(external).length > 0) prometheus.external_labels = external;
  for (const key of Object.keys(isRecord(doc.value) ? doc.value : {}))
    if (!["global", "scrape_configs", "alerting", "remote_write", "rule_files", "storage"].includes(key))
      note(draft, at(`/${key}`), `${key} of ${doc.at.source}`, "the model has no place for it");
  const rules = itemsOf(memberOf(doc.value, "rule_files")).flatMap((one) => textOf(one) ?? []);
  if (rules.length > 0)
    note(
      draft,
      at("/rule_files"),
      `rule files ${rules.join(", ")}`,
      "watchmend renders rules about the stack itself; keep your own beside them in the rules folder, under other names",
    );
  const jobs = itemsOf(memberOf(doc.value, "scrape_configs"));
  // Hosts first, so that targets of other jobs on them are recognised.
  const order = jobs.map((job, i) => ({ job, i, kind: kindOfJob(job, targetFiles) }));
  const plain = (job: unknown): unknown => withoutDefaults(job, memberOf(doc.value, "global"));
  for (const { job, i, kind } of order)
    if (kind !== undefined)
      importComponentJob(draft, plain(job), kind, at(`/scrape_configs/${i}`), targetFiles);
  for (const { job, i, kind } of order)
    if (kind === undefined) importJob(draft, plain(job), at(`/scrape_configs/${i}`), targetFiles);
  importRemoteWrite(draft, doc, at);
}

/** A running Prometheus shows every setting of a job, also those nobody wrote. */
function withoutDefaults(job: unknown, global: unknown): unknown {
  if (!isRecord(job)) return job;
  const usual: Readonly<Record<string, unknown>> = {
    honor_labels: false,
    honor_timestamps: true,
    track_timestamps_staleness: false,
    metrics_path: "/metrics",
    scheme: "http",
    follow_redirects: true,
    enable_http2: true,
    enable_compression: true,
    scrape_interval: memberOf(global, "scrape_interval") ?? "1m",
    scrape_timeout: memberOf(global, "scrape_timeout") ?? "10s",
  };
  return Object.fromEntries(Object.entries(job).filter(([key, value]) => usual[key] !== value));
}

const names: readonly (readonly [RegExp, DeployedKind])[] = [
  [/node[-_ ]?exporter|^nodes?$/i, "node-exporter"],
  [/cadvisor/i, "cadvisor"],
  [/promtail/i, "promtail"],
  [/alertmanager/i, "alertmanager"],
  [/^prometheus/i, "prometheus"],
  [/^loki/i, "loki"],
  [/^grafana/i, "grafana"],
  [/^alloy/i, "alloy"],
  [/^blackbox[-_]?exporter$/i, "blackbox-exporter"],
];

/** By its name; a job named otherwise by the usual port of all its targets. */
function kindOfJob(job: unknown, files: readonly ConfigDocument[]): DeployedKind | undefined {
  const path = textOf(memberOf(job, "metrics_path")) ?? "/metrics";
  if (path !== "/metrics" || valueAt(job, "params", "module") !== undefined) return undefined;
  const name = textOf(memberOf(job, "job_name")) ?? "";
  const named = names.find(([pattern]) => pattern.test(name))?.[1];
  if (named !== undefined) return named;
  const ports = new Set(targetsOf(job, files).map(({ target }) => splitTarget(target).port));
  return ports.size === 1 && ports.has(9100) ? "node-exporter" : undefined;
}

function targetsOf(job: unknown, files: readonly ConfigDocument[]): readonly Found[] {
  const patterns = itemsOf(memberOf(job, "file_sd_configs")).flatMap((one) =>
    itemsOf(memberOf(one, "files")).flatMap((file) => textOf(file) ?? []),
  );
  const groups = [
    ...itemsOf(memberOf(job, "static_configs")),
    ...files
      .filter((file) => patterns.some((pattern) => isMeant(file, pattern)))
      .flatMap((file) => itemsOf(file.value)),
  ];
  return groups.flatMap((group) =>
    itemsOf(memberOf(group, "targets")).flatMap((one) => {
      const target = textOf(one);
      return target === undefined ? [] : [{ target, labels: textRecord(memberOf(group, "labels")) }];
    }),
  );
}

/** The folder differs between the container and where the files were read; the name and its folder's name do not. */
function isMeant(file: ConfigDocument, pattern: string): boolean {
  const wanted = pattern.split("/").at(-1) ?? "";
  const name = (file.path ?? file.at.source).split("/").at(-1) ?? "";
  if (!wanted.includes("*")) return wanted === name;
  const [head = "", ...rest] = wanted.split("*");
  return rest.length === 1 && name.startsWith(head) && name.endsWith(rest[0] ?? "");
}

/** The Prometheus itself, a name of its own network, or a neighbour on its host. */
function isOwn(host: string): boolean {
  return host === "localhost" || /^127\./.test(host) || host === "::1" || host === "host.docker.internal";
}

function importComponentJob(
  draft: ImportDraft,
  job: unknown,
  kind: DeployedKind,
  at: Place,
  files: readonly ConfigDocument[],
): void {
  const name = textOf(memberOf(job, "job_name")) ?? kind;
  const ports = new Map<number, number>();
  for (const { target, labels } of targetsOf(job, files)) {
    const { host, port } = splitTarget(target);
    if (port !== undefined) ports.set(port, (ports.get(port) ?? 0) + 1);
    if (isOwn(host) || isContainerName(host)) {
      const server = serverName(draft);
      if (isContainerName(host))
        note(
          draft,
          at,
          `target ${target} of job ${name}`,
          `${host} is a name of a container network; it became ${kind} on ${server}`,
        );
      continue;
    }
    importHost(draft, host, kind, labels, at);
  }
  const [port] = [...ports].sort((a, b) => b[1] - a[1])[0] ?? [];
  const made = componentOf(draft, kind);
  if (port !== undefined && made.port === undefined && port !== releases[kind].port) made.port = port;
  if (ports.size > 1)
    note(
      draft,
      at,
      `ports ${[...ports.keys()].join(", ")} of job ${name}`,
      `one port per component holds for all hosts: ${made.port ?? releases[kind].port}`,
    );
  listUnsupported(draft, job, name, at, ["job_name", "static_configs", "file_sd_configs"]);
  if (name !== kind)
    note(draft, at, `the name of job ${name}`, `it is called ${kind} now; queries that name it must follow`);
}

function importHost(
  draft: ImportDraft,
  address: string,
  kind: DeployedKind,
  labels: Readonly<Record<string, string>>,
  at: Place,
): void {
  const known = [...draft.hosts].find(([, host]) => host.address === address);
  const wanted =
    labels.host ??
    labels.hostname ??
    labels.nodename ??
    (/^[\d.:]+$/.test(address)
      ? `host-${address.replace(/[.:]+/g, "-")}`
      : (address.split(".")[0] ?? address));
  const name = known?.[0] ?? nameFrom(wanted);
  const host = hostOf(draft, name);
  if (host.address === undefined) {
    if (!isAddress(address)) note(draft, at, `address ${address}`, "it is no address");
    else host.address = address;
  }
  const isServer = kind === "prometheus" || kind === "loki" || kind === "grafana" || kind === "alertmanager";
  if (
    isServer &&
    host.roles === undefined &&
    ![...draft.hosts.values()].some((one) => one.roles?.includes("server"))
  )
    host.roles = ["server", "agent"];
  host.roles ??= ["agent"];
  for (const [label, value] of Object.entries(labels))
    if (label !== "host" && label !== "job" && !label.startsWith("__")) host.labels[label] ??= value;
}

/** A bare word is a container's name in compose files. */
function isContainerName(host: string): boolean {
  return /^[a-z][a-z0-9_-]*$/i.test(host) && names.some(([pattern]) => pattern.test(host));
}

function importJob(draft: ImportDraft, job: unknown, at: Place, files: readonly ConfigDocument[]): void {
  const name = textOf(memberOf(job, "job_name")) ?? "job";
  const found = targetsOf(job, files);
  const module = textOf(itemsOf(valueAt(job, "params", "module"))[0]);
  const isProbe = /^\/probe\/?$/.test(textOf(memberOf(job, "metrics_path")) ?? "") && module !== undefined;
  const handled = [
    "job_name",
    "static_configs",
    "file_sd_configs",
    "metrics_path",
    "scheme",
    "scrape_interval",
    "scrape_timeout",
    "honor_labels",
    "sample_limit",
    "basic_auth",
    "authorization",
    "bearer_token",
    "params",
  ];
  listUnsupported(draft, job, name, at, isProbe ? [...handled, "relabel_configs"] : handled);
  if (found.length === 0) {
    note(
      draft,
      at,
      `job ${name}`,
      "none of its targets is in these files; the model declares targets, or discovers its own hosts",
    );
    return;
  }
  const path = textOf(memberOf(job, "metrics_path"));
  const params = Object.entries(textLists(memberOf(job, "params"))).filter(
    ([key]) => !(isProbe && (key === "module" || key === "target")),
  );
  const entry: ScrapeInput = {
    job: name.replace(/[^\w.:/-]/g, "-"),
    ...placeTargets(draft, found, isProbe, at, name),
    ...(path === undefined || isProbe || path === "/metrics" ? {} : { path }),
    ...(textOf(memberOf(job, "scheme")) === "https" ? { scheme: "https" as const } : {}),
    ...durationKey("interval", memberOf(job, "scrape_interval")),
    ...durationKey("timeout", memberOf(job, "scrape_timeout")),
    ...(memberOf(job, "honor_labels") === true ? { honor_labels: true } : {}),
    ...(numberOf(memberOf(job, "sample_limit")) === undefined
      ? {}
      : { sample_limit: numberOf(memberOf(job, "sample_limit")) }),
    ...(params.length === 0 ? {} : { params: Object.fromEntries(params) }),
    ...(isProbe ? { probe: module } : {}),
    ...credentialsOf(draft, job, name, at),
  };
  draft.scrape.push(entry);
}

function durationKey(key: "interval" | "timeout", value: unknown): Record<string, string> {
  const text = textOf(value);
  return text === undefined ? {} : { [key]: text };
}

function textLists(value: unknown): Record<string, string[]> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, list]) => [key, itemsOf(list).flatMap((one) => textOf(one) ?? [])]),
  );
}

/** One port of known hosts with the same labels becomes `hosts` and `port`; anything else keeps its addresses. */
function placeTargets(
  draft: ImportDraft,
  found: readonly Found[],
  isProbe: boolean,
  at: Place,
  job: string,
): Pick<ScrapeInput, "hosts" | "port" | "targets" | "labels"> {
  const server =
    found.some(({ target }) => isOwn(splitTarget(target).host)) && !isProbe ? serverName(draft) : undefined;
  const byAddress = new Map([...draft.hosts].map(([name, host]) => [host.address, name]));
  const placed = found.map(({ target, labels }) => {
    const { host, port } = splitTarget(target);
    return { target, labels, port, host: isOwn(host) ? server : byAddress.get(host) };
  });
  const [first] = placed;
  const sameLabels = (labels: Readonly<Record<string, string>>): boolean =>
    JSON.stringify(labels) === JSON.stringify(first?.labels);
  if (
    !isProbe &&
    first?.port !== undefined &&
    placed.every((one) => one.host !== undefined && one.port === first.port && sameLabels(one.labels))
  )
    return {
      hosts: [...new Set(placed.flatMap((one) => one.host ?? []))],
      port: first.port,
      ...(Object.keys(first.labels).length === 0 ? {} : { labels: { ...first.labels } }),
    };
  const targets = placed.flatMap(({ target, labels, host }) => {
    if (host !== undefined && host === server) {
      const address = draft.hosts.get(host)?.address;
      const { port } = splitTarget(target);
      if (address === undefined || port === undefined) {
        note(draft, at, `target ${target} of job ${job}`, `write it with the address of ${host}`);
        return [];
      }
      return [{ target: `${address}:${port}`, labels: { ...labels } }];
    }
    if (!isProbe && splitTarget(target).port === undefined) {
      note(draft, at, `target ${target} of job ${job}`, "it has no port");
      return [];
    }
    return [Object.keys(labels).length === 0 ? target : { target, labels: { ...labels } }];
  });
  return { targets };
}

function credentialsOf(
  draft: ImportDraft,
  job: unknown,
  name: string,
  at: Place,
): Pick<ScrapeInput, "basic_auth" | "bearer_token"> {
  const variable = name.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  const username = textOf(valueAt(job, "basic_auth", "username"));
  const told = (what: string, env: string): void =>
    note(draft, at, `the ${what} of job ${name}`, `secrets are never copied: set ${env} when applying`);
  if (username !== undefined) {
    told("password", `${variable}_PASSWORD`);
    return { basic_auth: { username, password: `\${env:${variable}_PASSWORD}` } };
  }
  const isBearer =
    memberOf(job, "authorization") !== undefined || memberOf(job, "bearer_token") !== undefined;
  if (!isBearer) return {};
  told("token", `${variable}_TOKEN`);
  return { bearer_token: `\${env:${variable}_TOKEN}` };
}

function listUnsupported(
  draft: ImportDraft,
  job: unknown,
  name: string,
  at: Place,
  handled: readonly string[],
): void {
  for (const key of Object.keys(isRecord(job) ? job : {}))
    if (!handled.includes(key)) note(draft, at, `${key} of job ${name}`, "the model has no place for it");
}

function importRemoteWrite(draft: ImportDraft, doc: ConfigDocument, at: (pointer: string) => Place): void {
  for (const [i, one] of itemsOf(memberOf(doc.value, "remote_write")).entries()) {
    const url = textOf(memberOf(one, "url"));
    const place = at(`/remote_write/${i}`);
    if (url === undefined || !/^https?:\/\/[^\s/@]+/.test(url)) {
      note(draft, place, "a remote_write", "its URL is no http URL, or carries a password");
      continue;
    }
    draft.remoteWrite.push({ url, ...credentialsOf(draft, one, `remote-write-${i + 1}`, place) });
    listUnsupported(draft, one, `remote_write ${url}`, place, [
      "url",
      "basic_auth",
      "authorization",
      "bearer_token",
      "name",
    ]);
  }
}
