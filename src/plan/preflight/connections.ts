// Every TCP connection that the stack will make between machines, from the model alone.

import type { Connection } from "../../model/preflight.ts";
import { isScraped, pushedKinds } from "../../model/reachability.ts";
import type { DeployedKind, StackComponent, StackFile, StackHost } from "../../model/stack-file.ts";

export function plannedConnections(stack: StackFile): readonly Connection[] {
  const found = [
    ...scrapes(stack),
    ...declaredScrapes(stack),
    ...pushes(stack),
    ...queries(stack),
    ...remoteWrites(stack),
  ];
  const once = new Map<string, Omit<Connection, "id">>();
  for (const one of found) {
    // A host reaches itself: what could stand between is no matter of the network.
    if (one.to === one.from) continue;
    const key = `${one.from} ${one.address} ${one.port}`;
    if (!once.has(key)) once.set(key, one);
  }
  return [...once.values()].map((one, i) => ({ id: String(i), ...one }));
}

type Draft = Omit<Connection, "id">;

function scrapes(stack: StackFile): readonly Draft[] {
  const prometheus = hostOf(stack, "prometheus");
  if (!prometheus) return [];
  return stack.hosts.flatMap((host) =>
    scraped(stack, host).map((component) => ({
      ...towards(prometheus, host, component.port),
      because: `Prometheus scrapes ${component.kind} of ${host.name}`,
      isOptional: host.absence?.kind === "sleeping",
    })),
  );
}

/** Targets that are not ours: they may be started later, so they warn. */
function declaredScrapes(stack: StackFile): readonly Draft[] {
  const prometheus = hostOf(stack, "prometheus");
  if (!prometheus) return [];
  return stack.scrape
    .filter(({ probe }) => probe === undefined)
    .flatMap((job) =>
      job.targets.flatMap(({ address: target, host }): Draft[] => {
        const end = endOf(target);
        if (!end) return [];
        const to = host === undefined ? {} : { to: host };
        const because = `Prometheus scrapes ${target} (job ${job.job})`;
        return [
          {
            from: prometheus.name,
            ...to,
            concerns: host ?? prometheus.name,
            ...end,
            because,
            isOurs: false,
            isOptional: true,
          },
        ];
      }),
    );
}

function pushes(stack: StackFile): readonly Draft[] {
  const loki = hostOf(stack, "loki");
  const prometheus = hostOf(stack, "prometheus");
  return stack.hosts.flatMap((host): readonly Draft[] => {
    const agent = host.components.find((kind) => kind === "alloy" || kind === "promtail");
    const isOptional = host.absence?.kind === "sleeping";
    const logs =
      agent && loki
        ? [
            {
              ...towards(host, loki, portOf(stack, "loki")),
              because: `${agent} of ${host.name} pushes logs to Loki`,
              isOptional,
            },
          ]
        : [];
    const metrics =
      pushedKinds(stack, host).length > 0 && prometheus
        ? [
            {
              ...towards(host, prometheus, portOf(stack, "prometheus")),
              because: `${host.name} pushes its metrics to Prometheus`,
              isOptional,
            },
          ]
        : [];
    return [...logs, ...metrics];
  });
}

/** Between servers, where they stand on several hosts. */
function queries(stack: StackFile): readonly Draft[] {
  const pairs: readonly (readonly [DeployedKind, DeployedKind, string])[] = [
    ["prometheus", "alertmanager", "Prometheus sends alerts to Alertmanager"],
    ["loki", "alertmanager", "Loki sends alerts to Alertmanager"],
    ["grafana", "prometheus", "Grafana queries Prometheus"],
    ["grafana", "loki", "Grafana queries Loki"],
    ["grafana", "alertmanager", "Grafana reads Alertmanager"],
    ["prometheus", "blackbox-exporter", "Prometheus asks the blackbox exporter"],
  ];
  return pairs.flatMap(([client, server, because]): Draft[] => {
    const from = hostOf(stack, client);
    const to = hostOf(stack, server);
    return from && to ? [{ ...towards(from, to, portOf(stack, server)), because, isOptional: false }] : [];
  });
}

function remoteWrites(stack: StackFile): readonly Draft[] {
  const prometheus = hostOf(stack, "prometheus");
  if (!prometheus) return [];
  return stack.remoteWrite.flatMap(({ url }): Draft[] => {
    const { hostname, port, protocol } = new URL(url);
    return [
      {
        from: prometheus.name,
        concerns: prometheus.name,
        address: hostname.replace(/^\[|\]$/g, ""),
        port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
        because: `Prometheus writes to ${hostname}`,
        isOurs: false,
        isOptional: true,
      },
    ];
  });
}

function towards(from: StackHost, to: StackHost, port: number): Omit<Draft, "because" | "isOptional"> {
  return {
    from: from.name,
    to: to.name,
    concerns: concerned(from, to).name,
    address: to.address,
    port,
    isOurs: true,
  };
}

/** Without one agent the rest of the stack works; without a server nothing does. */
function concerned(from: StackHost, to: StackHost): StackHost {
  return from.roles.includes("server") && !to.roles.includes("server") ? to : from;
}

function scraped(stack: StackFile, host: StackHost): readonly StackComponent[] {
  if (host.runtime === "kubernetes") return [];
  return stack.components.filter(
    ({ kind }) => host.components.includes(kind) && isScraped(stack, host, kind),
  );
}

function hostOf(stack: StackFile, kind: DeployedKind): StackHost | undefined {
  return stack.hosts.find((host) => host.components.includes(kind));
}

function portOf(stack: StackFile, kind: DeployedKind): number {
  return stack.components.find((one) => one.kind === kind)?.port ?? 0;
}

function endOf(target: string): { readonly address: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]{1,100})\]|([^:/\s]{1,253})):(\d{1,5})$/.exec(target);
  return match ? { address: match[1] ?? match[2] ?? "", port: Number(match[3]) } : undefined;
}
