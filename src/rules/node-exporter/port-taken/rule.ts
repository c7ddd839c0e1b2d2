// node-exporter cannot open its port: something else on the machine has it, most often a second exporter.
import type { Facts } from "../../../model/facts.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import type { TextHit } from "../../text-hit.ts";
import { type Confirmation, textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "node-exporter/port-taken",
  title:
    "node-exporter cannot listen on its port: another process (usually a second node-exporter) already uses it",
  why: "With host network every exporter of a machine shares one port space. A second DaemonSet, a distribution package beside the container or another product on 9100 gets there first, and the later one ends with `bind: address already in use`.",
  severity: "critical",
  component: "node-exporter",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "bind",
  texts: [
    "listen tcp {address*}:{port#}: bind: address already in use",
    "listen tcp :{port#}: bind: address already in use",
    "listen tcp4 {address*}:{port#}: bind: address already in use",
    "listening on {address*}: bind: address already in use",
  ],
  except: ["userland proxy", "failed to bind host port", "driver failed programming"],
  uses: ["host.listeners", "kubernetes.workloads", "kubernetes.pods", "docker.containers", "host.units"],
  confirm: (hit, facts, stack) => confirm(hit, facts, stack),
  says: (hit) =>
    `node-exporter cannot listen on port ${portOf(hit)}: another process of the machine already uses it (address already in use), usually a second node-exporter on the host network`,
  rivals: [
    {
      rule: "kubernetes/host-port-taken",
      tellApart: "with a declared hostPort the scheduler refuses the pod before it starts (Pending)",
    },
    {
      rule: "docker/published-port-taken",
      tellApart: "there Docker cannot publish the port and the container is never started",
    },
  ],
  decideWith:
    "ss -ltnp 'sport = :9100'; kubectl get ds -A | grep -i exporter; systemctl status 'prometheus-node-exporter*' 'node_exporter*'",
  references: [
    "https://github.com/prometheus/node_exporter/issues/1115",
    "https://github.com/prometheus-community/helm-charts/issues/2248",
  ],
  fix: () =>
    byHand(
      "Keep one exporter per machine: remove the second one (nodeExporter.enabled: false in one Helm release, or stop the package's service), or give this one another port with --web.listen-address=:9101 and the same port in its Service and scrape job",
      "See who holds the port",
      "ss -ltnp 'sport = :9100'",
    ),
});

function portOf(hit: TextHit): string {
  return hit.captures.port ?? hit.line.text.match(/:(\d{2,5}): bind/)?.[1] ?? "9100";
}

function confirm(
  hit: TextHit,
  facts: Pick<
    Facts,
    "host.listeners" | "kubernetes.workloads" | "kubernetes.pods" | "docker.containers" | "host.units"
  >,
  stack: Stack,
): Confirmation {
  const port = portOf(hit);
  if (hit.line.component === undefined && port !== "9100" && !/node[-_]exporter/.test(hit.line.text))
    return { holds: false };
  const holder = facts["host.listeners"].find((listener) => String(listener.port) === port);
  if (holder) {
    const who = holder.process ?? "another process";
    return {
      holds: true,
      proof: [holder.at],
      says: `Port ${port} is already used by ${who}${holder.pid === undefined ? "" : ` (pid ${holder.pid})`} on ${holder.address}:${port}, so node-exporter cannot listen there (address already in use)`,
    };
  }
  const second = secondExporter(hit.component, facts, stack);
  if (!second) return {};
  return {
    holds: true,
    proof: second.map((entry) => entry.at),
    says: `Two node-exporters want port ${port} of the same machine on the host network (${second.map((entry) => entry.name).join(" and ")}): the second one finds the address already in use`,
  };
}

type Named = { readonly name: string; readonly at: { readonly source: string; readonly line?: number } };

function secondExporter(
  own: Component | undefined,
  facts: Pick<Facts, "kubernetes.workloads" | "docker.containers" | "host.units" | "kubernetes.pods">,
  stack: Stack,
): readonly Named[] | undefined {
  const isExporter = (name: string): boolean => /node[-_]?exporter/.test(name);
  const sets = facts["kubernetes.workloads"]
    .filter((workload) => workload.kind === "DaemonSet" && isExporter(workload.name))
    .map(
      (workload): Named => ({
        name: `DaemonSet ${workload.namespace ? `${workload.namespace}/` : ""}${workload.name}`,
        at: workload.at,
      }),
    );
  const units = facts["host.units"]
    .filter((unit) => isExporter(unit.name) && unit.active === "active")
    .map((unit): Named => ({ name: `systemd unit ${unit.name}`, at: unit.at }));
  const others = stack.components
    .filter(
      (component) =>
        component.kind === "node-exporter" &&
        component.id !== own?.id &&
        component.pods.length === 0 &&
        !component.workload,
    )
    .map((component): Named => ({ name: component.name, at: component.at }));
  const groups = new Map<string, Named>();
  for (const pod of facts["kubernetes.pods"]) {
    if (!isExporter(pod.name)) continue;
    const base = `${pod.namespace ?? ""}/${pod.ownerName ?? pod.name.replace(/-[a-z0-9]{5}$/, "")}`;
    if (!groups.has(base)) groups.set(base, { name: base.replace(/^\//, ""), at: pod.at });
  }
  if (sets.length > 1) return sets;
  if (groups.size > 1) return [...groups.values()];
  const beside = [
    ...units,
    ...others.filter((entry) => !units.some((unit) => unit.name.includes(entry.name))),
  ];
  return beside.length > 0 ? beside.slice(0, 2) : undefined;
}
