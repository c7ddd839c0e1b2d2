// Which components the stack has, in which version, on which ports, and on which server.
import { imageOf, releases } from "../model/compatibility.ts";
import { given } from "../model/given.ts";
import {
  type agentKinds,
  type DeployedKind,
  deployedKinds,
  type ServerKind,
  type StackComponent,
  serverKinds,
} from "../model/stack-file.ts";
import { secret } from "./credentials.ts";
import type { Draft } from "./fault.ts";
import { nearest } from "./fault.ts";
import type { ComponentInput, StackFileInput } from "./schema.ts";

export function isServerKind(kind: DeployedKind): kind is ServerKind {
  return (serverKinds as readonly string[]).includes(kind);
}

export function logAgentOf(input: StackFileInput): "alloy" | "promtail" | "none" {
  const { components, logs } = input;
  const isPromtail = components?.promtail !== undefined && components.alloy === undefined;
  return logs?.agent ?? (isPromtail ? "promtail" : "alloy");
}

export function resolveComponents(input: StackFileInput, drafts: Draft[]): readonly StackComponent[] {
  return deployedKinds
    .filter((kind) => isWanted(kind, input))
    .map((kind) => resolveComponent(kind, input, drafts));
}

function isWanted(kind: DeployedKind, input: StackFileInput): boolean {
  const enabled = input.components?.[kind]?.enabled;
  if (enabled !== undefined) return enabled;
  if (kind === "alloy" || kind === "promtail") return logAgentOf(input) === kind || isAskedFor(kind, input);
  if (kind === "blackbox-exporter")
    return (
      input.components?.[kind] !== undefined || (input.scrape ?? []).some((job) => job.probe !== undefined)
    );
  return true;
}

function isAskedFor(kind: (typeof agentKinds)[number], input: StackFileInput): boolean {
  return Object.values(input.hosts).some((host) => host.agents?.includes(kind));
}

function resolveComponent(kind: DeployedKind, input: StackFileInput, drafts: Draft[]): StackComponent {
  const release = releases[kind];
  const own: ComponentInput = input.components?.[kind] ?? {};
  const inherited: ComponentInput = kind === "prometheus-agent" ? (input.components?.prometheus ?? {}) : {};
  const version = (own.version ?? inherited.version ?? release.pinned).replace(/^v/, "");
  const { prometheus, loki, grafana, cadvisor } = input.components ?? {};
  return given({
    kind,
    version,
    image: own.image ?? inherited.image ?? imageOf(kind, version),
    archive: own.archive ?? inherited.archive,
    port: own.port ?? release.port,
    secondPort: kind === "loki" ? (loki?.grpc_port ?? release.secondPort) : release.secondPort,
    host: isServerKind(kind) ? serverOf(kind, own.host, input, drafts) : undefined,
    listen: own.listen,
    retention:
      kind === "prometheus"
        ? given({ time: prometheus?.retention?.time ?? "15d", size: prometheus?.retention?.size })
        : kind === "loki"
          ? { time: loki?.retention?.time ?? "30d" }
          : undefined,
    resources: given({ ...own.resources }),
    args: own.args ?? [],
    data: own.data,
    uid: release.uid,
    gid: release.gid,
    privileged: kind === "cadvisor" && cadvisor?.privileged === false ? (false as const) : undefined,
    adminPassword:
      kind === "grafana" && grafana?.admin_password !== undefined
        ? secret(grafana.admin_password)
        : undefined,
    rootUrl: kind === "grafana" ? grafana?.root_url : undefined,
  });
}

/** The one host of a server component. */
function serverOf(
  kind: ServerKind,
  wanted: string | undefined,
  input: StackFileInput,
  drafts: Draft[],
): string {
  const servers = Object.keys(input.hosts)
    .filter((name) => input.hosts[name]?.roles?.includes("server"))
    .sort();
  const path = ["components", kind, "host"];
  if (wanted !== undefined) {
    if (servers.includes(wanted)) return wanted;
    const near = nearest(wanted, servers);
    const exists = input.hosts[wanted] !== undefined;
    drafts.push({
      path,
      says: exists ? `host ${wanted} is no server` : `there is no host "${wanted}"`,
      write: exists
        ? `roles: [server] at hosts.${wanted}`
        : (near ?? (servers.join(" or ") || "a host of this file")),
    });
    return wanted;
  }
  if (servers.length > 1)
    drafts.push({
      path: ["components", kind],
      near: ["hosts", servers[1] ?? "", "roles"],
      says: `would run on ${servers.length} servers: ${servers.join(", ")}`,
      why: "a second one would hold half of the data, and nothing here joins the two",
      write: `components:\n  ${kind}:\n    host: ${servers[0]}`,
    });
  return servers[0] ?? "";
}
