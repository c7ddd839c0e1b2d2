// Blue and green on different ports: somebody still asks for the colour that is not live.
import type { DockerContainer } from "../../../model/docker.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { readFileTargets, readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { parseAddress } from "../../../stack/resolve.ts";
import { byHand } from "../../by-hand.ts";
import { isUp, serviceOfColour } from "../../colours.ts";

interface Pair {
  readonly base: string;
  readonly live: DockerContainer;
  readonly idle: DockerContainer;
  readonly livePort: number;
  /** Ports of the colour that does not run, as far as the evidence shows them. */
  readonly idlePorts: ReadonlySet<number>;
}

/** Somebody who asks for a port. */
interface Client {
  readonly who: string;
  readonly port: number;
  readonly host?: string;
  readonly at: Place;
  readonly failed: boolean;
}

export const rule = defineRule({
  id: "docker/other-colour-dialled",
  title:
    "A target, proxy backend or check points at the port of the colour that is not live (blue/green): nobody listens there",
  why: "Blue and green publish different ports and only one runs. After a switch, everything that names the port must follow: scrape targets, HAProxy's backends, data sources, health checks. What was left behind is refused, although the service is up on the other port.",
  severity: "critical",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["docker.containers"],
  uses: ["host.dials", "prometheus.targets", "config.documents", "text.lines"],
  texts: ["server {name} {address*} check", "is DOWN, reason: Layer4"],
  explains: [
    {
      rule: "docker/container-stopped",
      via: "same-component",
      mechanism: "the idle colour is stopped on purpose; what dials it is wrong",
    },
    {
      rule: "host/nothing-listens",
      via: "anything",
      mechanism: "the idle colour does not listen",
    },
    {
      rule: "prometheus/target-unreachable",
      via: "anything",
      mechanism: "the idle colour does not listen",
    },
  ],
  rivals: [
    {
      rule: "docker/container-restarting",
      tellApart: "there the colour should run and cannot; here the other one serves",
    },
  ],
  decideWith: "docker ps -a --format '{{.Names}} {{.Status}} {{.Ports}}' | grep -E 'blue|green'",
  references: [
    "https://www.haproxy.com/documentation/haproxy-configuration-tutorials/reliability/health-checks/",
  ],
  check(facts, stack) {
    const pairs = pairsOf(facts["docker.containers"]);
    if (pairs.length === 0) return [];
    const clients = [...dialled(facts), ...scraped(facts), ...configured(facts), ...proxied(facts)];
    return pairs.flatMap((pair): FindingDraft[] => {
      const wrong = clients.find((client) => isWrong(client, pair, facts["docker.containers"], clients));
      if (!wrong) return [];
      const component = stack.components.find(({ docker }) => docker === pair.idle);
      return [
        {
          subject: { kind: "component", id: component?.id ?? pair.idle.name },
          ...(component ? { component: component.id } : {}),
          says: `${wrong.who} asks for port ${wrong.port}, the port of ${pair.idle.name}, which does not run (${stateOf(pair.idle)}); the live colour is ${pair.live.name} on port ${pair.livePort}`,
          proof: [wrong.at, pair.idle.at, pair.live.at],
          certainty: pair.idlePorts.has(wrong.port) ? "proven" : "likely",
          ...(wrong.failed ? {} : { severity: "warning" as const }),
        },
      ];
    });
  },
  fix: (finding) => {
    const [, wrong, , live] = /port (\d+), the port of (\S+),.*on port (\d+)/.exec(finding.says) ?? [];
    const right = /on port (\d+)$/.exec(finding.says)?.[1] ?? live;
    return byHand(
      `Point it at the live colour: port ${right ?? "of the running container"} instead of ${wrong ?? "the old one"}, generate targets and backends from the active colour, and reload`,
      "In the configuration of whoever asks",
    );
  },
});

/** Twins of which one runs and the other does not. */
function pairsOf(containers: readonly DockerContainer[]): readonly Pair[] {
  const groups = new Map<string, DockerContainer[]>();
  for (const container of containers) {
    const base = serviceOfColour(container);
    if (base === undefined) continue;
    groups.set(base, [...(groups.get(base) ?? []), container]);
  }
  return [...groups].flatMap(([base, group]): Pair[] => {
    const [live, ...otherLive] = group.filter(isUp);
    const [idle, ...otherIdle] = group.filter((container) => !isUp(container));
    if (!live || !idle || otherLive.length > 0 || otherIdle.length > 0) return [];
    const ports = portsOf(live);
    const idlePorts = new Set(portsOf(idle));
    const livePort = ports.find((port) => !idlePorts.has(port));
    if (livePort === undefined) return [];
    return [{ base: base.split("|").at(-1) ?? base, live, idle, livePort, idlePorts }];
  });
}

function stateOf({ origin, statusText, state }: DockerContainer): string {
  return statusText ?? state ?? (origin === "declared" ? "only declared" : "not running");
}

function portsOf(container: DockerContainer): readonly number[] {
  const ports = container.ports?.length ? container.ports : (container.declared?.ports ?? []);
  return ports.flatMap(({ hostPort }) => (hostPort === undefined ? [] : [hostPort]));
}

function isWrong(
  client: Client,
  pair: Pair,
  containers: readonly DockerContainer[],
  clients: readonly Client[],
): boolean {
  const { port, who } = client;
  if (portsOf(pair.live).includes(port)) return false;
  // both colours as targets is a policy: the idle one is expected to be down
  if (clients.some((other) => other.who === who && other.port === pair.livePort)) return false;
  if (pair.idlePorts.has(port)) return true;
  if (!client.failed || pair.idlePorts.size > 0) return false;
  const isElses = containers.some((other) => other !== pair.idle && portsOf(other).includes(port));
  const isNear = Math.abs(port - pair.livePort) <= 1_000 && port !== pair.livePort;
  return !isElses && isNear && namesIt(client, pair);
}

/** Without a published port of the idle colour, the client must name the service. */
function namesIt({ who, host }: Client, { base }: Pair): boolean {
  const name = base.toLowerCase().replace(/[-_.]+$/, "");
  return name.length > 2 && `${who} ${host ?? ""}`.toLowerCase().includes(name);
}

type Known = Pick<
  Facts,
  "docker.containers" | "host.dials" | "prometheus.targets" | "config.documents" | "text.lines"
>;

function dialled(facts: Known): readonly Client[] {
  return facts["host.dials"].flatMap((dial): Client[] => {
    if (dial.targetPort === undefined || dial.outcome === "connected") return [];
    const who = dial.fromContainer ?? dial.fromComponent ?? dial.fromHost ?? dial.tool;
    return [{ who, port: dial.targetPort, at: dial.at, failed: true, ...hostPart(dial.targetHost) }];
  });
}

function scraped(facts: Known): readonly Client[] {
  return facts["prometheus.targets"].flatMap((target): Client[] => {
    const address = parseAddress(target.instance ?? target.scrapeUrl ?? "");
    if (address?.port === undefined) return [];
    const failed = target.health === "down";
    return [
      {
        who: `job ${target.job}`,
        port: address.port,
        at: target.errorAt ?? target.at,
        failed,
        ...hostPart(address.host),
      },
    ];
  });
}

function configured(facts: Known): readonly Client[] {
  return facts["config.documents"].flatMap((document): Client[] => {
    if (document.value === undefined) return [];
    if (document.kind === "prometheus") {
      return readPrometheusConfig(document).jobs.flatMap((job) =>
        job.targets.flatMap((target) => fromTarget(target, `job ${job.name?.value ?? "?"}`)),
      );
    }
    if (document.kind !== "prometheus-file-sd") return [];
    const who = `the target file ${document.path ?? document.at.source}`;
    return readFileTargets(document).flatMap((target) => fromTarget(target, who));
  });
}

function fromTarget({ address, at }: { address: string; at: Place }, who: string): Client[] {
  const parsed = parseAddress(address);
  return parsed?.port === undefined
    ? []
    : [{ who, port: parsed.port, at, failed: false, ...hostPart(parsed.host) }];
}

/** `server jenkins_devops 10.0.0.5:8180 check` of an HAProxy file. */
function proxied(facts: Known): readonly Client[] {
  return facts["text.lines"].flatMap(({ text, at }): Client[] => {
    const match = /^\s*server\s+(\S{1,80})\s+([\w.-]{1,120}):(\d{2,5})\b.{0,200}\bcheck\b/.exec(
      text.slice(0, 500),
    );
    if (!match) return [];
    return [
      {
        who: `HAProxy's server ${match[1]}`,
        port: Number(match[3]),
        host: match[2] ?? "",
        at,
        failed: facts["text.lines"].some(
          (line) => /is DOWN, reason: Layer4/.test(line.text) && line.text.includes(match[1] ?? " "),
        ),
      },
    ];
  });
}

function hostPart(host: string | undefined): { host: string } | Record<string, never> {
  return host === undefined ? {} : { host };
}
