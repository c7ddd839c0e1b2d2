// Docker cannot publish a port because something else on the host has it.
import type { Facts } from "../../../model/facts.ts";
import { byHand } from "../../by-hand.ts";
import type { TextHit } from "../../text-hit.ts";
import { type Confirmation, textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/published-port-taken",
  title:
    "Docker cannot publish a container's port: the host port is already used by another container or process",
  why: "A host port can be published once. `port is already allocated` names another container, `address already in use` a process of the host (a packaged exporter, Cockpit on 9090). The container is created and never started.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "exec",
  from: "any",
  texts: [
    "Bind for {address}:{port#} failed: port is already allocated",
    "failed: port is already allocated",
    "Error starting userland proxy: listen {proto} {address*}: bind: address already in use",
    "failed to bind host port {rest*} address already in use",
    "failed to bind port {rest*} address already in use",
    "Ports are not available: {rest*}address already in use",
    "rootlessport listen tcp {address*}: bind: address already in use",
  ],
  uses: ["docker.containers", "host.listeners"],
  confirm: (hit, facts) => confirm(hit, facts),
  says: ({ line }) => {
    const port = portOf(line.text);
    return `Host port ${port ?? ""} cannot be published: ${/already allocated/.test(line.text) ? "another container already has it (port is already allocated)" : "a process of the host already listens there (address already in use)"}`;
  },
  rivals: [
    {
      rule: "node-exporter/port-taken",
      tellApart: "there the program itself, in the host's network, fails to listen",
    },
  ],
  decideWith: "docker ps --format '{{.Names}} {{.Ports}}'; ss -ltnp",
  references: [
    "https://docs.docker.com/engine/network/port-publishing/",
    "https://github.com/vegasbrianc/prometheus/issues/46",
  ],
  fix: (finding) => {
    const port = finding.says.match(/port (\d+)/)?.[1] ?? "PORT";
    return byHand(
      `Stop what holds port ${port} (docker ps -a --filter publish=${port}; ss -ltnp 'sport = :${port}'), or map another host port, for example "1${port}:${port}"`,
      "See who holds the port",
      `docker ps --filter publish=${port}; ss -ltnp 'sport = :${port}'`,
    );
  },
});

function portOf(text: string): string | undefined {
  return (
    text.match(/Bind for \S*?:(\d+) failed/)?.[1] ??
    text.match(/listen tcp[46]? \S*?:(\d+): bind/)?.[1] ??
    text.match(/host port (?:for )?\S*?:(\d+)/)?.[1] ??
    text.match(/:(\d{2,5})(?=[:/ ])/)?.[1]
  );
}

function confirm(hit: TextHit, facts: Pick<Facts, "docker.containers" | "host.listeners">): Confirmation {
  const port = Number(portOf(hit.line.text));
  const listener = facts["host.listeners"].find(
    (entry) => entry.port === port && entry.process !== undefined && entry.process !== "docker-proxy",
  );
  if (listener)
    return {
      holds: true,
      proof: [listener.at],
      says: `Host port ${port} cannot be published: ${listener.process}${listener.pid === undefined ? "" : ` (pid ${listener.pid})`} of the host already listens there (address already in use)`,
    };
  const holder = facts["docker.containers"].find(
    (container) =>
      container.origin === "running" &&
      (container.state === undefined || container.state === "running") &&
      container.ports?.some((mapping) => mapping.hostPort === port),
  );
  if (holder)
    return {
      holds: true,
      proof: [holder.at],
      says: `Host port ${port} cannot be published: container ${holder.name} already publishes it (port is already allocated)`,
    };
  return { holds: true };
}
