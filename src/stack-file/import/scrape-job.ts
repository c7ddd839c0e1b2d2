// Any other job: what it scrapes and how, as an entry below `scrape`.
import type { ConfigDocument } from "../../model/config.ts";
import { isRecord, itemsOf, memberOf, numberOf, textOf, valueAt } from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import type { ScrapeInput } from "../schema.ts";
import { credentialsOf, withoutLogin } from "./credentials.ts";
import { type ImportDraft, note, serverName } from "./draft.ts";
import { splitTarget } from "./ports.ts";
import { type Found, isOwn, targetsOf } from "./prometheus-targets.ts";
import { listUnsupported } from "./unsupported.ts";

export function importJob(
  draft: ImportDraft,
  job: unknown,
  at: Place,
  files: readonly ConfigDocument[],
): void {
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
  const placed = found.map(({ target: written, labels }) => {
    const { url: target } = withoutLogin(written);
    if (target !== written)
      note(draft, at, `the login in target ${target} of job ${job}`, "secrets are never copied");
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
