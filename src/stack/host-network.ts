// The network side of one machine, picked from all facts, and the questions put to it.
import type { DockerContainer, DockerNetwork, PublishedPort } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { FirewallRule, InterfaceAddress, Listener } from "../model/host.ts";
import type { Place } from "../model/place.ts";
import { isIn } from "./subnets.ts";

/** Facts of one machine. An empty list means that this was not looked at, or that there is nothing: `seen` tells. */
export interface HostNetwork {
  readonly listeners: readonly Listener[];
  readonly containers: readonly DockerContainer[];
  readonly networks: readonly DockerNetwork[];
  readonly firewall: readonly FirewallRule[];
  readonly addresses: readonly InterfaceAddress[];
  readonly seen: { readonly listeners: boolean; readonly containers: boolean; readonly firewall: boolean };
}

export interface Client {
  /** Source address as the host sees it. */
  readonly address?: string;
  /** "outside": another machine; "container": a container of this host; "host": a process of the host itself. */
  readonly where: "outside" | "container" | "host";
}

export interface Target {
  readonly port: number;
  /** The address the client dials; without it any address of the host. */
  readonly address?: string;
}

/** One socket or published port that answers on the port. */
export interface Server {
  readonly name: string;
  readonly text: string;
  readonly at: Place;
  readonly address: string;
  readonly container?: DockerContainer;
  readonly published?: PublishedPort;
}

type NetworkFacts = Pick<
  Facts,
  "host.listeners" | "docker.containers" | "docker.networks" | "host.firewall" | "host.addresses"
>;

/** Facts of one host. Facts without host belong to it when no other host is named anywhere. */
export function networkOfHost(facts: NetworkFacts, host: string | undefined): HostNetwork {
  const all = [
    ...facts["host.listeners"],
    ...facts["docker.containers"],
    ...facts["host.firewall"],
    ...facts["host.addresses"],
  ];
  const others = new Set(
    all.flatMap((fact) => (fact.host === undefined || fact.host === host ? [] : [fact.host])),
  );
  const own = <T extends { readonly host?: string }>(list: readonly T[]) =>
    list.filter(
      (fact) =>
        fact.host === host ||
        (fact.host === undefined && others.size === 0) ||
        (host === undefined && others.size <= 1),
    );
  const listeners = own(facts["host.listeners"]).filter((listener) => listener.container === undefined);
  const containers = own(facts["docker.containers"]).filter((container) => container.origin === "running");
  const firewall = own(facts["host.firewall"]);
  return {
    listeners,
    containers,
    networks: own(facts["docker.networks"]),
    firewall,
    addresses: own(facts["host.addresses"]).filter((address) => address.container === undefined),
    seen: {
      listeners: listeners.length > 0,
      containers: containers.length > 0,
      firewall: firewall.length > 0,
    },
  };
}

/** The bridge device on the host that the container hangs on. */
export function bridgeOf(container: DockerContainer, network: HostNetwork): string | undefined {
  if (container.networkMode === "bridge" || container.networks?.[0]?.name === "bridge") return "docker0";
  const name = container.networks?.[0]?.name ?? container.networkMode;
  const known = network.networks.find((candidate) => candidate.name === name);
  return known?.bridge ?? (known?.id === undefined ? undefined : `br-${known.id.slice(0, 12)}`);
}

/** The interface through which packets from this address come in, if it lies in the subnet of one. */
export function incoming(network: HostNetwork, client: Client): string | undefined {
  const { address } = client;
  if (address === undefined) return undefined;
  return network.addresses.find((own) => !/\/(?:32|128)$/.test(own.cidr) && isIn(address, own.cidr))?.device;
}
