// Can a client reach a port of a host, and if not, what stops it: nobody listens, loopback, an unpublished bridge port, the firewall.
import type { DockerContainer } from "../model/docker.ts";
import type { Place } from "../model/place.ts";
import type { FilterVerdict } from "./firewall.ts";
import type { Client, HostNetwork, Server, Target } from "./host-network.ts";
import { kindOfImage, kindOfPort } from "./identify.ts";
import { throughFirewall } from "./packet-path.ts";
import { isLoopback, isWildcard } from "./subnets.ts";

export type Mechanism =
  | "nobody-listens"
  | "bound-to-loopback"
  | "bound-elsewhere"
  | "published-on-loopback"
  | "bridge-unpublished"
  | "firewall-drop"
  | "firewall-reject";

export interface Reach {
  readonly verdict: "reachable" | "blocked" | "unknown";
  readonly mechanism?: Mechanism;
  /** What a client sees when it is blocked. */
  readonly symptom?: "refused" | "timeout" | "no-route";
  /** "likely" when a list that would prove it was not looked at. */
  readonly certainty?: "proven" | "likely";
  readonly because: string;
  readonly proof: readonly { readonly at: Place; readonly text: string }[];
  /** The command that would decide an unknown. */
  readonly decideWith?: string;
}

/** TCP only: that is what scrapes, pushes and queries use. */
export function reach(network: HostNetwork, client: Client, target: Target): Reach {
  const served = servers(network, target);
  const open = served.filter((server) => isOpenTo(server, client, target));
  if (open.length === 0) return closed(network, client, target, served);
  const verdicts = open.map((server) => ({ server, ...throughFirewall(network, client, target, server) }));
  const passing = verdicts.find(({ filter }) => filter?.outcome === "accept");
  if (passing) return reachable(passing.server, target, passing.filter);
  const blocked = verdicts.find(({ filter }) => filter?.outcome === "drop" || filter?.outcome === "reject");
  if (blocked?.filter?.rule && verdicts.every(({ filter }) => filter?.outcome !== undefined))
    return filtered(blocked.filter, target);
  const [first] = open;
  if (client.where === "host" && first) return reachable(first, target, undefined);
  return {
    verdict: "unknown",
    because: `${first?.name ?? "something"} listens on port ${target.port}; whether the firewall lets the client in is not known`,
    proof: first ? [{ at: first.at, text: first.text }] : [],
    decideWith: "iptables-save; nft list ruleset",
  };
}

function servers(network: HostNetwork, { port }: Target): Server[] {
  const published = network.containers.filter(isUp).flatMap((container) =>
    (container.ports ?? [])
      .filter((mapping) => mapping.hostPort === port && mapping.protocol === "tcp")
      .map(
        (mapping): Server => ({
          name: `container ${container.name}`,
          text: `${mapping.hostIP ?? "0.0.0.0"}:${port}->${mapping.containerPort}`,
          at: mapping.at,
          address: mapping.hostIP ?? "0.0.0.0",
          container,
          published: mapping,
        }),
      ),
  );
  const sockets = network.listeners
    .filter((listener) => listener.port === port && listener.protocol === "tcp")
    // docker-proxy is the other view of a published port
    .filter((listener) => listener.process !== "docker-proxy" || published.length === 0)
    .map(
      (listener): Server => ({
        name: listener.process ?? "a process",
        text: `${listener.address}:${port}`,
        at: listener.at,
        address: listener.address,
      }),
    );
  return [...sockets, ...published];
}

function isUp(container: DockerContainer): boolean {
  return container.state === undefined || container.state === "running";
}

function isOpenTo(server: Server, client: Client, target: Target): boolean {
  if (isWildcard(server.address)) return true;
  if (isLoopback(server.address))
    return client.where === "host" && (target.address === undefined || isLoopback(target.address));
  return target.address === undefined || target.address === server.address;
}

/** Nobody answers this client: the nearest thing that could have. */
function closed(network: HostNetwork, client: Client, target: Target, served: readonly Server[]): Reach {
  const [server] = served;
  const base = { verdict: "blocked" as const, symptom: "refused" as const };
  if (server) {
    const proof = [{ at: server.at, text: server.text }];
    const certainty = network.seen.listeners || server.published ? ("proven" as const) : ("likely" as const);
    if (!isLoopback(server.address)) {
      const because = `${server.name} listens on ${server.text}, not on ${target.address}`;
      return { ...base, certainty, mechanism: "bound-elsewhere", because, proof };
    }
    const mechanism = server.published ? ("published-on-loopback" as const) : ("bound-to-loopback" as const);
    const who =
      client.where === "outside"
        ? "another machine"
        : client.where === "container"
          ? "a container"
          : "the host's own address";
    return {
      ...base,
      certainty,
      mechanism,
      because: `${server.name} answers on ${server.text} only, which ${who} cannot reach`,
      proof,
    };
  }
  const inside = network.containers.filter(
    (container) => isUp(container) && servesInside(container, target.port),
  );
  // one that is published under another number is less likely the one that is meant
  const hidden = inside.find((container) => !isPublishedElsewhere(container, target.port)) ?? inside[0];
  if (hidden) {
    const certainty = network.seen.listeners ? ("proven" as const) : ("likely" as const);
    const because = `container ${hidden.name} serves port ${target.port} on its own network (${hidden.networkMode ?? "bridge"}), and the port is not published on the host`;
    return {
      ...base,
      certainty,
      mechanism: "bridge-unpublished",
      because,
      proof: [{ at: hidden.at, text: hidden.name }],
    };
  }
  if (network.seen.listeners) {
    const sample = network.listeners[0];
    return {
      ...base,
      certainty: "proven",
      mechanism: "nobody-listens",
      because: `nothing on the host listens on port ${target.port}`,
      proof: sample ? [{ at: sample.at, text: `${sample.address}:${sample.port}` }] : [],
    };
  }
  return {
    verdict: "unknown",
    because: `what listens on port ${target.port} of the host is not known`,
    proof: [],
    decideWith: `ss -ltnp 'sport = :${target.port}'`,
  };
}

/** The container listens on that port inside, but not in the host's network: it exposes the port or its flags name it. */
function servesInside(container: DockerContainer, port: number): boolean {
  if (container.networkMode === "host" || container.networkMode?.startsWith("container:")) return false;
  // without a PORTS column nothing is known about what is published
  if (container.ports === undefined || container.ports.some((mapping) => mapping.hostPort === port))
    return false;
  if (container.ports.some((mapping) => mapping.containerPort === port)) return true;
  const isBridged = container.networkMode !== undefined || (container.networks?.length ?? 0) > 0;
  if (isBridged && kindOfPort(port) !== undefined && kindOfImage(container.image) === kindOfPort(port))
    return true;
  return (
    isBridged &&
    (container.args ?? []).some((word) => new RegExp(`listen[\\w.-]*[= ][^ ]*:${port}$`).test(word))
  );
}

function reachable(server: Server, target: Target, filter: FilterVerdict | undefined): Reach {
  const rule = filter?.rule;
  return {
    verdict: "reachable",
    because: `${server.name} listens on ${server.text}${rule ? " and the firewall accepts it" : ""} (port ${target.port})`,
    proof: [{ at: server.at, text: server.text }, ...(rule ? [{ at: rule.at, text: rule.text }] : [])],
  };
}

function filtered({ rule, outcome }: FilterVerdict, target: Target): Reach {
  const isReject = outcome === "reject";
  const resets = isReject && /tcp[- ]reset/.test(rule?.text ?? "");
  return {
    verdict: "blocked",
    mechanism: isReject ? "firewall-reject" : "firewall-drop",
    symptom: isReject ? (resets ? "refused" : "no-route") : "timeout",
    certainty: "proven",
    because: `the firewall ${isReject ? "rejects" : "drops"} connections to port ${target.port}${rule?.isPolicy ? " by the default of its chain" : ""}`,
    proof: rule ? [{ at: rule.at, text: rule.text }] : [],
  };
}

function isPublishedElsewhere(container: DockerContainer, port: number): boolean {
  return (container.ports ?? []).some(
    (mapping) => mapping.containerPort === port && mapping.hostPort !== undefined,
  );
}
