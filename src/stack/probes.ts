// Which connections are worth trying, and from where: what the stack depends on and what nothing has shown to work.
import type { Facts } from "../model/facts.ts";
import type { Component, Stack } from "../model/stack.ts";
import type { ProbeOrigin, ProbeRequest } from "../model/target.ts";
import { readAlloyConfig } from "./alloy-config.ts";
import { readDatasources } from "./grafana-config.ts";
import { readFileTargets, readPrometheusConfig } from "./prometheus-config.ts";
import { readPromtailConfig } from "./promtail-config.ts";
import { isLoopback, parseAddress } from "./resolve.ts";

/** A fleet behind one dead switch is one fault: the first of its many failed targets show it. */
const mostPerComponent = 40;

interface Wanted {
  readonly url: string;
  readonly because: string;
}

/** Only components whose host is known: somebody has to try. Each connection once, in a stable order. */
export function planProbes(facts: Facts, stack: Stack): readonly ProbeRequest[] {
  const requests = stack.components.flatMap((component) => {
    const from = originOf(component);
    if (from === undefined) return [];
    const wanted = wantedBy(component, facts).slice(0, mostPerComponent);
    return [...wanted, ...namesBehind(wanted, component, facts)].map(
      (entry): ProbeRequest => ({ from, ...entry }),
    );
  });
  const once = new Map(requests.map((request) => [keyOf(request), request]));
  return [...once.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function keyOf({ from, url }: ProbeRequest): string {
  return `${JSON.stringify(from)} ${url}`;
}

/** A container that does not run has no network; from its host is the nearest there is. */
function originOf({ docker, host, pods }: Component): ProbeOrigin | undefined {
  if (host === undefined || pods.length > 0) return undefined;
  const isRunning =
    docker?.origin === "running" && (docker.state === undefined || docker.state === "running");
  return isRunning && docker ? { kind: "container", host, container: docker.name } : { kind: "host", host };
}

function wantedBy(component: Component, facts: Facts): readonly Wanted[] {
  if (component.kind === "prometheus") return [...scraped(component, facts), ...notified(component)];
  if (component.kind === "promtail" || component.kind === "alloy") return pushed(component);
  return component.kind === "grafana" ? queried(component, facts) : [];
}

/** What Prometheus itself calls up has been tried. When it says nothing, its configuration tells what it would scrape. */
function scraped(component: Component, facts: Facts): readonly Wanted[] {
  const reported = facts["prometheus.targets"].filter(
    (target) => !target.dropped && target.host === component.host,
  );
  if (reported.length > 0) {
    return reported.flatMap(({ health, scrapeUrl, job }) =>
      health === "up" || scrapeUrl === undefined || !isHttp(scrapeUrl)
        ? []
        : [{ url: scrapeUrl, because: `${component.name} scrapes it as ${job}` }],
    );
  }
  const fromFiles = component.configs
    .filter((document) => document.kind === "prometheus-file-sd")
    .flatMap((document) => readFileTargets(document))
    .map(({ address }) => ({ address, job: "file_sd", scheme: "http", path: "/metrics" }));
  const fromJobs = component.configs
    .filter((document) => document.kind === "prometheus")
    .flatMap((document) => readPrometheusConfig(document).jobs)
    .filter((job) => !job.relabelings.some(({ rule }) => rule.targetLabel === "__address__"))
    .flatMap((job) =>
      job.targets.map(({ address }) => ({
        address,
        job: job.name?.value ?? "a job",
        scheme: job.scheme.value,
        path: job.metricsPath.value,
      })),
    );
  return [...fromJobs, ...fromFiles].flatMap(({ address, job, scheme, path }) => {
    const url = `${scheme}://${address}${path}`;
    return isOther(url) ? [{ url, because: `${component.name} scrapes it as ${job}` }] : [];
  });
}

function notified(component: Component): readonly Wanted[] {
  return component.configs
    .filter((document) => document.kind === "prometheus")
    .flatMap((document) => readPrometheusConfig(document).alertmanagers)
    .flatMap(({ scheme, pathPrefix, targets }) =>
      targets.map(
        ({ address }) => `${scheme.value}://${address}${pathPrefix.value.replace(/\/+$/, "")}/-/ready`,
      ),
    )
    .filter(isHttp)
    .map((url) => ({ url, because: `${component.name} sends alerts there` }));
}

/** Pushing would leave something behind: the same server is asked whether it is ready. */
function pushed(component: Component): readonly Wanted[] {
  const urls = component.configs.flatMap((document) => {
    if (document.kind === "promtail")
      return readPromtailConfig(document).clients.flatMap(({ url }) => (url ? [url.value] : []));
    if (document.kind === "alloy")
      return readAlloyConfig(document).pushes.flatMap(({ kind, url }) =>
        kind === "otlp" ? [] : [url.value],
      );
    return [];
  });
  return urls.flatMap((url) => {
    const base = originPart(url);
    const path = /\/loki\/api\//.test(url) ? "/ready" : "/-/ready";
    return base === undefined
      ? []
      : [{ url: `${base}${path}`, because: `${component.name} pushes to ${url}` }];
  });
}

function queried(component: Component, facts: Facts): readonly Wanted[] {
  const provisioned = component.configs
    .filter((document) => document.kind === "grafana-datasources")
    .flatMap((document) => readDatasources(document))
    .map(({ url, type, name, access }) => ({
      url: url?.value,
      type: type?.value,
      name: name?.value,
      access: access?.value,
    }));
  const reported = facts["grafana.datasources"].filter(
    (source) => source.origin === "api" && source.at !== undefined,
  );
  return [...provisioned, ...reported].flatMap(({ url, type, name, access }) => {
    if (url === undefined || access === "direct" || !isHttp(url)) return [];
    const path = type === "loki" ? "/ready" : type === "prometheus" ? "/-/ready" : "/";
    return [
      {
        url: `${url.replace(/\/+$/, "")}${path}`,
        because: `${component.name} queries it as ${name ?? type ?? "a data source"}`,
      },
    ];
  });
}

function originPart(url: string): string | undefined {
  const match = /^(https?:\/\/)(?:[^@/\s]*@)?([^/?#\s]+)/.exec(url);
  return match ? `${match[1]}${match[2]}` : undefined;
}

/** Variables (`${HOST}`, `{{ host }}`) are filled in by the program, not here. */
function isHttp(url: string): boolean {
  return /^https?:\/\/[^\s{}$"'`]+$/.test(url) && parseAddress(url) !== undefined;
}

function isOther(url: string): boolean {
  const address = parseAddress(url);
  return isHttp(url) && address !== undefined && !isLoopback(address.host);
}

const mostNames = 6;

/**
 * The names in what is tried, asked of the name servers that the component would ask (RFC 4501: `dns://SERVER/NAME`): "cannot
 * resolve" is said of a name that does not exist and of a server that does not answer alike.
 */
function namesBehind(
  wanted: readonly Wanted[],
  { host, docker }: Component,
  facts: Facts,
): readonly Wanted[] {
  const settings = facts["host.settings"].filter((setting) => setting.host === host);
  const own = settings.filter(({ container }) => container !== undefined && container === docker?.name);
  const seen = own.some(({ name }) => name.startsWith("resolv.conf "))
    ? own
    : settings.filter(({ container }) => container === undefined);
  const servers = seen.filter(({ name }) => name === "resolv.conf nameserver").map(({ value }) => value);
  const fixed = new Set(
    seen.flatMap(({ name }) =>
      name.startsWith("hosts ") ? [name.slice("hosts ".length).toLowerCase()] : [],
    ),
  );
  const names = wanted
    .flatMap(({ url }) => parseAddress(url)?.host ?? [])
    .filter((name) => !/^[\d.]+$|:/.test(name) && !isLoopback(name) && !fixed.has(name));
  return [...new Set(names)]
    .slice(0, mostNames)
    .flatMap((name) =>
      [...new Set(servers)]
        .slice(0, 3)
        .map((server) => ({ url: `dns://${server}/${name}`, because: `${name} is asked of ${server}` })),
    );
}
