// Hosts with their defaults: what they listen on, their labels, and what runs on them.
import { given } from "../model/given.ts";
import { isScraped } from "../model/reachability.ts";
import {
  agentKinds,
  type DeployedKind,
  deployedKinds,
  type StackComponent,
  type StackHost,
} from "../model/stack-file.ts";
import { logAgentOf } from "./resolve-components.ts";
import { resolveSecurity } from "./resolve-security.ts";
import type { HostInput, StackFileInput } from "./schema.ts";
import { isIPv4, isIPv6 } from "./words.ts";

export function resolveHosts(
  input: StackFileInput,
  components: readonly StackComponent[],
): readonly StackHost[] {
  const names = Object.keys(input.hosts).sort();
  const isCrossVm = names.some((name) => !rolesOf(input.hosts[name]).includes("server"));
  const byName = new Map(components.map((one) => [one.kind, one]));
  return names.flatMap((name) => {
    const own = input.hosts[name];
    return own ? [resolveHost(name, own, input, { components: byName, isCrossVm })] : [];
  });
}

function rolesOf(host: HostInput | undefined): readonly ("server" | "agent")[] {
  const roles = host?.roles ?? ["agent"];
  return (["server", "agent"] as const).filter((role) => roles.includes(role));
}

interface Surroundings {
  readonly components: ReadonlyMap<DeployedKind, StackComponent>;
  readonly isCrossVm: boolean;
}

function resolveHost(name: string, own: HostInput, input: StackFileInput, around: Surroundings): StackHost {
  const roles = rolesOf(own);
  const runtime = own.runtime ?? input.defaults?.runtime ?? "docker";
  const absence = typeof own.absence === "string" ? { kind: own.absence } : own.absence;
  const labels = {
    role: roles.includes("server") ? "monitoring" : "agent",
    deployment_type: around.isCrossVm ? "cross-vm" : "single-vm",
    ...own.labels,
  };
  return given({
    name,
    address: own.address,
    names: own.names ?? [],
    listen: own.listen ?? listenOn(own.address),
    ssh: given({ ...input.defaults?.ssh, ...own.ssh }),
    roles,
    labels: Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    runtime,
    engine: own.engine ?? input.defaults?.engine,
    absence: absence && given(absence),
    components: deployedKinds.filter((kind) => runsOn(kind, name, own, input, around)),
    containerNames: given({ ...own.containers }),
    directory: input.directory ?? "/opt/monitoring",
    kubernetes:
      runtime === "kubernetes"
        ? given({
            context: own.kubernetes?.context,
            namespace: own.kubernetes?.namespace ?? "monitoring",
            storageClass: own.kubernetes?.storage_class,
          })
        : undefined,
  });
}

function runsOn(
  kind: DeployedKind,
  name: string,
  own: HostInput,
  input: StackFileInput,
  around: Surroundings,
): boolean {
  const component = around.components.get(kind);
  if (!component) return false;
  if (!(agentKinds as readonly string[]).includes(kind)) return component.host === name;
  if (!rolesOf(own).includes("agent")) return false;
  const agents = agentsOf(own, input);
  const security = resolveSecurity(input);
  const nat = { absence: { kind: "behind-nat" } } as const;
  const isNat = (typeof own.absence === "string" ? own.absence : own.absence?.kind) === "behind-nat";
  if (kind === "prometheus-agent") {
    const hasAlloy = agents.includes("alloy") && around.components.has("alloy");
    const isLocal = (one: DeployedKind): boolean =>
      agents.some((agent) => agent === one) &&
      around.components.has(one) &&
      !isScraped({ ...(security ? { security } : {}) }, { ...(isNat ? nat : {}) }, one);
    return !hasAlloy && deployedKinds.some(isLocal);
  }
  return (agents as readonly string[]).includes(kind);
}

function agentsOf(own: HostInput, input: StackFileInput): readonly (typeof agentKinds)[number][] {
  const agent = logAgentOf(input);
  return own.agents ?? ["node-exporter", "cadvisor", ...(agent === "none" ? [] : [agent])];
}

/** A private address is there on the host; a public one may be the router's, and a name may stand for 127.0.1.1. */
function listenOn(address: string): string {
  const isPrivate =
    (isIPv4(address) &&
      /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|127\.)/.test(
        address,
      )) ||
    (isIPv6(address) && /^f[cd]/i.test(address));
  if (isPrivate) return address;
  return isIPv6(address) ? "::" : "0.0.0.0";
}
