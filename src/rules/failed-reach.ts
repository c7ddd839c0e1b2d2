// Connections that failed, each laid against what is known of the machine they were for: who listens, what is published, what the firewall does.
import type { DockerContainer } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../model/finding.ts";
import type { Dial } from "../model/host.ts";
import type { Component, Stack } from "../model/stack.ts";
import { isOfEarlierRun } from "../stack/earlier-run.ts";
import { isInternal } from "../stack/firewall.ts";
import { type Client, type HostNetwork, networkOfHost } from "../stack/host-network.ts";
import { kindOfImage, kindOfPort } from "../stack/identify.ts";
import { type Mechanism, type Reach, reach } from "../stack/reachability.ts";
import { isIn, isLoopback, parseAddress } from "../stack/subnets.ts";

export const reachFacts = [
  "host.dials",
  "host.listeners",
  "docker.containers",
  "docker.networks",
  "host.firewall",
  "host.addresses",
] as const;

export type ReachFacts = Pick<Facts, (typeof reachFacts)[number]>;

export interface FailedReach {
  readonly dial: Dial & { readonly targetHost: string; readonly targetPort: number };
  readonly client: Client;
  readonly network: HostNetwork;
  readonly reach: Reach & { readonly mechanism: Mechanism };
  /** The machine, when the evidence names it. */
  readonly host: string | undefined;
  /** The evidence is known to be of the machine that was dialled. */
  readonly isItsHost: boolean;
}

/** The machine an address belongs to, as far as the evidence says. */
export interface Machine {
  readonly host: string | undefined;
  /** False: nothing names it, and the only machine that was looked at is taken for it. */
  readonly isCertain: boolean;
}

const failures = new Set(["refused", "timeout", "no-route"]);
/** What a client sees when the way is blocked like this. A time-out in front of a closed port would be something else. */
const fits: Readonly<Record<string, readonly string[]>> = {
  refused: ["refused"],
  timeout: ["timeout"],
  "no-route": ["no-route", "refused"],
};

/** One entry per address and port that was dialled in vain, where the machine's own state says why. */
export function failedReaches(facts: ReachFacts, stack: Stack): readonly FailedReach[] {
  const found = new Map<string, FailedReach>();
  for (const dial of facts["host.dials"]) {
    const { targetHost, targetPort } = dial;
    if (targetHost === undefined || targetPort === undefined || !failures.has(dial.outcome)) continue;
    if (dial.tool === "log" && isOfEarlierRun(dial.timeMs, sayer(dial, stack))) continue;
    if (isLoopback(targetHost) || targetHost === "0.0.0.0" || isContainerName(facts, targetHost)) continue;
    const key = `${targetHost}:${targetPort}`;
    if (found.has(key)) continue;
    const entry = judge(facts, stack, { ...dial, targetHost, targetPort });
    if (entry) found.set(key, entry);
  }
  return [...found.values()];
}

function sayer({ fromHost, fromContainer }: Dial, stack: Stack): Component | undefined {
  if (fromContainer === undefined) return undefined;
  return stack.components.find(({ host, docker }) => docker?.name === fromContainer && host === fromHost);
}

/** Names of containers mean the container's network, not a port of the host. */
function isContainerName(facts: ReachFacts, host: string): boolean {
  return facts["docker.containers"].some(
    (container) =>
      container.name === host ||
      container.service === host ||
      container.networks?.some((network) => network.ip === host),
  );
}

function judge(facts: ReachFacts, stack: Stack, dial: FailedReach["dial"]): FailedReach | undefined {
  const machine = machineOf(facts, dial);
  if (machine === undefined) return undefined;
  const known = networkOfHost(facts, machine.host);
  const network =
    known.containers.length > 0 ? known : { ...known, containers: declared(facts, machine.host) };
  const client = clientOf(dial, machine.host, stack, facts);
  const result = reach(network, client, {
    port: dial.targetPort,
    ...(client.where === "host" ? { address: dial.targetHost } : {}),
  });
  if (result.verdict !== "blocked" || result.mechanism === undefined) return undefined;
  if (!(fits[result.symptom ?? ""] ?? []).includes(dial.outcome)) return undefined;
  return {
    dial,
    client,
    network,
    reach: { ...result, mechanism: result.mechanism },
    host: machine.host,
    isItsHost: machine.isCertain,
  };
}

function declared(facts: ReachFacts, host: string | undefined): readonly DockerContainer[] {
  const all = facts["docker.containers"].filter((container) => container.origin === "declared");
  const own = all.filter((container) => container.host === host);
  return own.length > 0 ? own : all.some((container) => container.host !== undefined) ? [] : all;
}

/** The machine that was dialled; undefined when the evidence is of other machines. */
export function machineOf(
  facts: Pick<ReachFacts, "host.addresses" | "host.listeners" | "docker.containers" | "host.firewall">,
  dial: Pick<Dial, "targetHost" | "fromHost" | "fromContainer" | "tool">,
): Machine | undefined {
  const address = dial.targetHost ?? "";
  const own = facts["host.addresses"].filter((entry) => entry.container === undefined);
  const holder = own.find((entry) => entry.cidr.split("/")[0] === address);
  if (holder) return { host: holder.host, isCertain: true };
  const hosts = new Set(
    [...facts["host.listeners"], ...facts["docker.containers"], ...facts["host.firewall"], ...own].flatMap(
      (fact) => fact.host ?? [],
    ),
  );
  const named = [...hosts].find((host) => host === address || host.split(".")[0] === address.split(".")[0]);
  if (named && parseAddress(address) === undefined) return { host: named, isCertain: true };
  if (isGateway(address)) {
    const from = dial.fromHost ?? (hosts.size === 1 ? [...hosts][0] : undefined);
    return hosts.size > 1 && from === undefined ? undefined : { host: from, isCertain: true };
  }
  // typed at the prompt of the machine that was looked at: what it dials is another one
  const others = [...hosts].filter((host) => dial.tool === "log" || host !== dial.fromHost);
  if (hosts.size > 0 && others.length !== 1) return undefined;
  // addresses were looked at, and this one is another machine's
  if (own.length > 0 && parseAddress(address) !== undefined) return undefined;
  return { host: others[0], isCertain: false };
}

/** The ways in which a container names its own host. */
export function isGateway(address: string): boolean {
  return /^(host\.docker\.internal|host\.containers\.internal|gateway\.docker\.internal|172\.(1[7-9]|2\d|3[01])\.0\.1)$/.test(
    address,
  );
}

function clientOf(dial: Dial, host: string | undefined, stack: Stack, facts: ReachFacts): Client {
  if (isGateway(dial.targetHost ?? "")) return { where: "container" };
  const { fromHost, fromContainer, fromComponent } = dial;
  const isElsewhere = fromHost !== undefined && host !== undefined && fromHost !== host;
  if (isElsewhere) return { where: "outside", ...sourceAddress(fromHost, host, facts) };
  const client = stack.components.find(
    (component) =>
      component.docker !== undefined &&
      (fromContainer === undefined
        ? component.kind === fromComponent && (fromHost === undefined || component.host === fromHost)
        : component.docker.name === fromContainer && (!host || !component.host || component.host === host)),
  );
  const isSameHost =
    fromContainer !== undefined ||
    (client?.docker !== undefined && host !== undefined && client.host === host);
  if (isSameHost) return { where: client?.docker?.networkMode === "host" ? "host" : "container" };
  if (dial.tool !== "log" && fromHost !== undefined && fromHost === host) return { where: "host" };
  return { where: "outside" };
}

/** The address with which one machine comes to another: its own in a network that both are in. */
function sourceAddress(fromHost: string, host: string, facts: ReachFacts): { readonly address?: string } {
  const of = (machine: string) =>
    facts["host.addresses"].filter(
      (entry) => entry.host === machine && entry.container === undefined && !isInternal(entry.device),
    );
  const theirs = of(host).map(({ cidr }) => cidr);
  const own = of(fromHost)
    .map(({ cidr }) => cidr.split("/")[0] ?? "")
    .find((address) => theirs.some((cidr) => !/\/(?:32|128)$/.test(cidr) && isIn(address, cidr)));
  return own === undefined ? {} : { address: own };
}

/** What the rules about failed connections have in common: one finding per entry, about the server where it is known. */
export function reachFinding(
  entry: FailedReach,
  stack: Stack,
  says: string,
  extra: readonly ProofDraft[] = [],
): FindingDraft {
  const { dial } = entry;
  const holder = serverOf(entry, stack);
  const address = `${dial.targetHost}:${dial.targetPort}`;
  return {
    subject: holder ? { kind: "component", id: holder.id } : { kind: "link", id: address },
    ...(holder ? { component: holder.id } : {}),
    says: entry.isItsHost ? says : `${says} (${assumption(entry)})`,
    proof: [...entry.reach.proof.map(({ at }) => at), { ...dial.at }, ...extra],
    certainty: certaintyOf(entry),
    ...(entry.isItsHost ? {} : { decideWith: `ip -br addr | grep -F ${dial.targetHost}` }),
    concerns: [
      ...new Set([dial.targetHost.toLowerCase(), ...(holder ? [holder.id] : []), ...idle(entry, stack)]),
    ],
    ...(dial.timeMs === undefined ? {} : { timeMs: dial.timeMs }),
  };
}

/** Containers of that machine that do not run and would listen there: on the host's own network no mapping of ports says so. */
function idle({ dial, host, isItsHost }: FailedReach, stack: Stack): readonly string[] {
  if (!isItsHost) return [];
  return stack.components.flatMap(({ id, kind, host: at, docker }) => {
    const state = docker?.state ?? docker?.statusText ?? "";
    if (at !== host || docker?.origin !== "running" || /^(?:running|up)/i.test(state)) return [];
    return kindOfPort(dial.targetPort) === kind ? [id] : [];
  });
}

/** A machine that serves the very port that was dialled is most likely the one that was meant. */
function certaintyOf({ isItsHost, reach: { certainty, mechanism } }: FailedReach): FindingDraft["certainty"] {
  if (isItsHost) return certainty === "likely" ? "likely" : "proven";
  return mechanism === "nobody-listens" ? "possible" : "likely";
}

function assumption({ dial, host }: FailedReach): string {
  return `nothing shown says that ${dial.targetHost} is ${host ?? "this machine"}; it is the only machine that was looked at`;
}

function serverOf(
  entry: FailedReach,
  stack: Stack,
): { readonly id: string; readonly kind: string } | undefined {
  const port = entry.dial.targetPort;
  const container = entry.network.containers.find((candidate) =>
    candidate.ports?.some((mapping) => mapping.hostPort === port || mapping.containerPort === port),
  );
  if (container)
    return stack.components.find(
      (component) => component.docker?.name === container.name && component.docker.host === container.host,
    );
  return undefined;
}

/** Name of the program behind a container, for sentences. */
export function nameOfContainer(container: DockerContainer): string {
  return kindOfImage(container.image) ?? container.name;
}
