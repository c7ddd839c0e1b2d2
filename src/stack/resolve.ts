// Who answers to an address: Service names, container names, host names and addresses, localhost.
import type { Component, Stack } from "../model/stack.ts";
import { kindOfName, kindOfPort } from "./identify.ts";

export interface Address {
  readonly host: string;
  readonly port?: number;
  readonly scheme?: string;
  readonly path?: string;
}

/** Reads `http://user@host:9090/path`, `host:9090`, `[::1]:9090` or a bare host. Undefined when it is none of these. */
export function parseAddress(text: string): Address | undefined {
  const match = text
    .trim()
    .match(
      /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^@/\s]*@)?(\[[0-9a-fA-F:.]+\]|[^:/\s?#[\]]+)(?::(\d{1,5}))?([/?#].*)?$/i,
    );
  if (!match?.[2]) return undefined;
  const scheme = match[1]?.toLowerCase();
  const implied = scheme === "http" ? 80 : scheme === "https" ? 443 : undefined;
  const port = match[3] ? Number(match[3]) : implied;
  return {
    host: match[2].replace(/^\[|\]$/g, "").toLowerCase(),
    ...(port === undefined ? {} : { port }),
    ...(scheme ? { scheme } : {}),
    ...(match[4] ? { path: match[4] } : {}),
  };
}

const loopback = /^(localhost|127(\.\d+){3}|::1|0\.0\.0\.0)$/;

export function isLoopback(host: string): boolean {
  return loopback.test(host);
}

/** Components an address may mean, seen from `from`; best guesses only when nothing names it exactly. */
export function resolveAddress(stack: Stack, address: Address, from?: Component): readonly Component[] {
  if (isLoopback(address.host)) return onSameMachine(stack, address, from);
  const exact = candidates(stack.components, address.host).filter((component) =>
    answersTo(component, address.host, from),
  );
  if (exact.length <= 1) return exact.length === 1 ? exact : guess(stack, address);
  const byPort = exact.filter((component) => listensOn(component, address.port));
  return byPort.length > 0 ? byPort : exact;
}

interface Index {
  /** Components under every name and address they may answer to. */
  readonly byName: ReadonlyMap<string, ReadonlySet<Component>>;
  readonly byKind: ReadonlyMap<string, readonly Component[]>;
  readonly order: ReadonlyMap<Component, number>;
}

/** Made once per list: a stack of thousands of components is asked about as many addresses. */
const indexes = new WeakMap<readonly Component[], Index>();

function indexOf(components: readonly Component[]): Index {
  const known = indexes.get(components);
  if (known) return known;
  const byName = new Map<string, Set<Component>>();
  const byKind = new Map<string, Component[]>();
  const order = new Map<Component, number>();
  for (const [i, component] of components.entries()) {
    order.set(component, i);
    const list = byKind.get(component.kind);
    if (list) list.push(component);
    else byKind.set(component.kind, [component]);
    for (const name of namesOf(component)) {
      const set = byName.get(name);
      if (set) set.add(component);
      else byName.set(name, new Set([component]));
    }
  }
  const made = { byName, byKind, order };
  indexes.set(components, made);
  return made;
}

function namesOf({ host, docker, pods, services }: Component): readonly string[] {
  return [
    host,
    docker?.name,
    docker?.service,
    ...(docker?.networks ?? []).flatMap((network) => [network.ip, ...(network.aliases ?? [])]),
    ...pods.flatMap((pod) => [pod.ip, pod.name]),
    ...services.flatMap((service) => [service.clusterIP, service.name]),
  ].filter((name) => name !== undefined);
}

/** In the order of the stack. */
function candidates(components: readonly Component[], host: string): readonly Component[] {
  const { byName, order } = indexOf(components);
  const dot = host.indexOf(".");
  const whole = byName.get(host);
  const short = dot < 0 ? undefined : byName.get(host.slice(0, dot));
  if (!whole && !short) return [];
  return [...new Set([...(whole ?? []), ...(short ?? [])])].sort(
    (a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0),
  );
}

function answersTo(component: Component, host: string, from: Component | undefined): boolean {
  if (component.host === host || component.docker?.name === host || component.docker?.service === host)
    return true;
  if (component.docker?.networks?.some((network) => network.ip === host || network.aliases?.includes(host)))
    return true;
  if (component.pods.some((pod) => pod.ip === host || pod.name === host)) return true;
  const [name, namespace] = host.split(".");
  return component.services.some((service) => {
    if (service.clusterIP === host) return true;
    if (service.name !== name) return false;
    if (namespace && !/^(svc|cluster)$/.test(namespace))
      return !service.namespace || service.namespace === namespace;
    return !service.namespace || !from?.namespace || service.namespace === from.namespace;
  });
}

function onSameMachine(stack: Stack, address: Address, from: Component | undefined): readonly Component[] {
  if (!from) return [];
  const near = stack.components.filter(
    (component) => (component.host ?? "") === (from.host ?? "") && component.namespace === from.namespace,
  );
  return near.filter((component) => listensOn(component, address.port) && sharesNetwork(component, from));
}

/** In host mode on one machine, in one pod, or the component itself. */
function sharesNetwork(a: Component, b: Component): boolean {
  if (a.id === b.id) return true;
  if (a.docker && b.docker) return a.docker.networkMode === "host" && b.docker.networkMode === "host";
  return (
    a.pods.some((pod) => b.pods.includes(pod)) ||
    (!a.docker && !b.docker && a.pods.length === 0 && b.pods.length === 0)
  );
}

function listensOn(component: Component, port: number | undefined): boolean {
  if (port === undefined) return true;
  const docker = component.docker?.ports?.some(
    (published) => published.hostPort === port || published.containerPort === port,
  );
  const pod = component.container?.ports?.some((entry) => entry.containerPort === port);
  const service = component.services.some((entry) =>
    entry.ports?.some((exposed) => exposed.port === port || exposed.nodePort === port),
  );
  return Boolean(docker || pod || service) || kindOfPort(port) === component.kind;
}

/** A name such as `loki-gateway.logging` or a well-known port, when exactly one component of that kind is known. */
function guess(stack: Stack, address: Address): readonly Component[] {
  const first = address.host.split(".")[0];
  const isNumeric = /^[\d.]+$|:/.test(address.host);
  const kind = isNumeric
    ? kindOfPort(address.port)
    : (kindOfName(first?.replace(/-gateway$/, "")) ?? kindOfPort(address.port));
  if (!kind) return [];
  const ofKind = indexOf(stack.components).byKind.get(kind) ?? [];
  const possible = ofKind.filter((component) => !isNumeric || !component.host);
  return possible.length === 1 ? possible : [];
}
