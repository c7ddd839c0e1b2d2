// Looking things up in the model: a component, its host, where it is reached.

import { speaksTls } from "../model/reachability.ts";
import type { DeployedKind, StackComponent, StackFile, StackHost } from "../model/stack-file.ts";
import { hostPort } from "./address.ts";

export function componentOf(stack: StackFile, kind: DeployedKind): StackComponent | undefined {
  return stack.components.find((one) => one.kind === kind);
}

export function serverOf(stack: StackFile, kind: DeployedKind): StackHost | undefined {
  const name = componentOf(stack, kind)?.host;
  return stack.hosts.find((host) => host.name === name);
}

/** `10.0.0.11:3100`: where the other hosts reach a server component. */
export function endpointOf(stack: StackFile, kind: DeployedKind): string | undefined {
  const component = componentOf(stack, kind);
  const host = serverOf(stack, kind);
  if (!component || !host) return undefined;
  return hostPort(reachedAt(host, kind), component.port);
}

/** `https://10.0.0.11:3100` */
export function urlOf(stack: StackFile, kind: DeployedKind): string | undefined {
  const endpoint = endpointOf(stack, kind);
  return endpoint === undefined ? undefined : `${schemeOf(stack, kind)}://${endpoint}`;
}

export function schemeOf(stack: StackFile, kind: DeployedKind): "http" | "https" {
  return speaksTls(stack, kind) ? "https" : "http";
}

/** In a cluster a component is reached by the name of its Service. */
function reachedAt(host: StackHost, kind: DeployedKind): string {
  return host.kubernetes ? `${kind}.${host.kubernetes.namespace}.svc` : host.address;
}
