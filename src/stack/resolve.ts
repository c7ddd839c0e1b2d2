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
  const exact = stack.components.filter((component) => answersTo(component, address.host, from));
  if (exact.length <= 1) return exact.length === 1 ? exact : guess(stack, address);
  const byPort = exact.filter((component) => listensOn(component, address.port));
  return byPort.length > 0 ? byPort : exact;
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
  const candidates = stack.components.filter(
    (component) => component.kind === kind && (!isNumeric || !component.host),
  );
  return candidates.length === 1 ? candidates : [];
}
