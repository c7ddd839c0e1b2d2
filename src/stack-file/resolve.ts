// Fills in every default, so that nothing after this has to know one. What contradicts itself comes back as drafts of faults.
import { given } from "../model/given.ts";
import { parseSecretRef } from "../model/secret-ref.ts";
import type { Alerting, Discovery, RemoteWrite, StackFile, StackHost } from "../model/stack-file.ts";
import { auth, secret } from "./credentials.ts";
import type { Draft } from "./fault.ts";
import { resolveComponents } from "./resolve-components.ts";
import { resolveHosts } from "./resolve-hosts.ts";
import { resolveLogs } from "./resolve-logs.ts";
import { resolveScrape } from "./resolve-scrape.ts";
import { resolveSecurity } from "./resolve-security.ts";
import type { StackFileInput } from "./schema.ts";

export function resolveStack(input: StackFileInput): { stack: StackFile; drafts: readonly Draft[] } {
  const drafts: Draft[] = [];
  const components = resolveComponents(input, drafts);
  const hosts = resolveHosts(input, components);
  const used = new Set(hosts.flatMap((host) => host.components));
  const prometheus = input.components?.prometheus;
  const security = resolveSecurity(input);
  const stack: StackFile = {
    name: input.name,
    deployment: isSeparate(hosts) ? "separate" : "colocated",
    hosts,
    components: components.filter((one) => used.has(one.kind)),
    scrape: resolveScrape(input, hosts, drafts),
    logs: resolveLogs(input, hosts, drafts),
    alerting: resolveAlerting(input),
    discovery: resolveDiscovery(input),
    intervals: {
      scrape: prometheus?.scrape_interval ?? "30s",
      evaluation: prometheus?.evaluation_interval ?? "30s",
    },
    externalLabels: prometheus?.external_labels ?? {},
    remoteWrite: (input.remote_write ?? []).map(
      (one): RemoteWrite => given({ ...auth(one), url: one.url, headers: one.headers ?? {} }),
    ),
    ...(security ? { security } : {}),
    ...(input.rollout?.canary === undefined ? {} : { canary: input.rollout.canary }),
  };
  return { stack, drafts };
}

function isSeparate(hosts: readonly StackHost[]): boolean {
  return hosts.some((host) => !host.roles.includes("server"));
}

function resolveDiscovery({ discovery }: StackFileInput): Discovery {
  if (typeof discovery === "object") return { kind: "http", url: discovery.http.replace(/\/+$/, "") };
  return { kind: discovery ?? "static" };
}

function resolveAlerting({ alerting }: StackFileInput): Alerting {
  return {
    groupBy: alerting?.group_by ?? ["alertname", "host"],
    repeat: alerting?.repeat ?? "4h",
    disabled: alerting?.disabled ?? [],
    receivers: (alerting?.receivers ?? []).map((one) =>
      given({
        name: one.name,
        severities: one.severities ?? [],
        match: one.match ?? {},
        sendResolved: one.send_resolved ?? true,
        webhook: one.webhook && { url: parseSecretRef(one.webhook.url) ?? one.webhook.url },
        slack: one.slack && given({ url: secret(one.slack.url), channel: one.slack.channel }),
        teams: one.teams && { url: secret(one.teams.url) },
        pagerduty: one.pagerduty && { key: secret(one.pagerduty.key) },
        email:
          one.email &&
          given({
            to: one.email.to,
            from: one.email.from,
            smarthost: one.email.smarthost,
            username: one.email.username,
            password: one.email.password === undefined ? undefined : secret(one.email.password),
          }),
      }),
    ),
  };
}
