// Docker's DNAT happens before ufw's chains are asked: a published port is open although ufw denies it.
import type { DockerContainer, PublishedPort } from "../../../model/docker.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { FirewallState } from "../../../model/host.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { isLoopback } from "../../../stack/subnets.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

/** What people write when they notice. */
const complaints = [
  "reachable from the internet",
  "reachable from outside",
  "accessible from the internet",
  "accessible from outside",
  "exposed to the internet",
  "open to the internet",
  "despite ufw",
  "although ufw",
  "even though ufw",
  "bypass…ufw",
  "ignores ufw",
  "ufw…ignored",
];
const patterns = complaints.map(compilePattern);
const named =
  /^(?:prometheus|loki|grafana|alertmanager|node-exporter|cadvisor|promtail|alloy|pushgateway|blackbox-exporter)$/;

export const rule = defineRule({
  id: "docker/published-port-bypasses-ufw",
  title:
    "A port published by Docker is open to everybody although ufw denies it: Docker's rules come before ufw's",
  why: "Docker rewrites the destination of packets for published ports before the INPUT chain, where ufw stands, is asked. `ufw deny 9090` has no effect on them. Prometheus, Loki and the exporters have no login of their own.",
  severity: "warning",
  component: "docker",
  layer: "firewall",
  nature: "cause",
  effect: "none",
  needs: ["docker.containers", "host.firewallstates"],
  uses: ["host.firewall", "text.lines"],
  texts: complaints,
  decideWith: "curl -m 5 http://PUBLIC_ADDRESS:PORT/ from another network; iptables -S DOCKER-USER",
  references: ["https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw"],
  check(facts, stack) {
    const state = facts["host.firewallstates"].find((entry) => entry.tool === "ufw" && entry.active);
    if (!state || hasOwnChain(facts)) return [];
    const open = facts["docker.containers"]
      .filter((container) => isHere(container, state))
      .flatMap((container) => openPorts(container, stack))
      .filter(({ port }) => denies(facts, state, port));
    const [first] = open;
    if (!first) return [];
    const complaint = facts["text.lines"].find((line) => line.stream !== "log" && matches(patterns, line));
    const list = open.slice(0, 5).map(({ container, port }) => `${container.name} ${port.hostPort}`);
    const finding: FindingDraft = {
      subject: { kind: "host", id: state.host ?? "Docker host" },
      says: `${list.join(", ")} ${open.length === 1 ? "is" : "are"} published on all addresses and open to others although ufw is active: Docker's forwarding comes before ufw's rules; publish on one address (127.0.0.1:${first.port.hostPort}:${first.port.containerPort}) or filter in DOCKER-USER`,
      proof: [first.port.at, state.at, ...(complaint ? [{ ...complaint.at, excerpt: complaint.text }] : [])],
      certainty: "proven",
      severity: complaint ? "warning" : "notice",
    };
    return [finding];
  },
  fix: (finding) => {
    const port = /:(\d+):\d+/.exec(finding.says)?.[1] ?? "9090";
    return byHand(
      `Publish on the address that needs it (ports: ["127.0.0.1:${port}:${port}"] or the private one), or drop in the chain Docker asks first: iptables -I DOCKER-USER -i ETH0 ! -s 10.0.0.0/8 -p tcp -m conntrack --ctorigdstport ${port} -j DROP; let Prometheus' address through`,
      "In the compose file, then docker compose up -d",
    );
  },
});

type Seen = Pick<Facts, "host.firewall">;

function isHere(container: DockerContainer, state: FirewallState): boolean {
  return container.host === undefined || state.host === undefined || container.host === state.host;
}

function openPorts(
  container: DockerContainer,
  stack: Stack,
): { readonly container: DockerContainer; readonly port: PublishedPort & { readonly hostPort: number } }[] {
  const owner = stack.components.find(({ docker }) => docker === container);
  if (!owner || !named.test(owner.kind) || /^exited/i.test(container.statusText ?? container.state ?? ""))
    return [];
  return (container.ports ?? []).flatMap((port) =>
    port.hostPort !== undefined && !isPrivate(port.hostIP)
      ? [{ container, port: { ...port, hostPort: port.hostPort } }]
      : [],
  );
}

/** Published on one address: whoever did that knows what he does. */
function isPrivate(address: string | undefined): boolean {
  return (
    address !== undefined &&
    address !== "0.0.0.0" &&
    address !== "::" &&
    (isLoopback(address) || address !== "")
  );
}

/** ufw denies what comes in by default or says so for this port. */
function denies(facts: Seen, state: FirewallState, port: { readonly hostPort: number }): boolean {
  const rules = facts["host.firewall"].filter((rule) => rule.tool === "ufw" && rule.host === state.host);
  const own = rules.filter((rule) => !rule.isPolicy && rule.ports?.includes(String(port.hostPort)));
  if (own.length > 0) return own.some((rule) => rule.action === "DROP" || rule.action === "REJECT");
  const policy = rules.find((rule) => rule.isPolicy && rule.chain === "INPUT");
  // without `verbose` the default is not shown; it is deny unless somebody changed it
  return policy === undefined || policy.action === "DROP" || policy.action === "REJECT";
}

/** Somebody filters in DOCKER-USER already, or Docker writes no rules. */
function hasOwnChain(facts: Seen): boolean {
  return facts["host.firewall"].some(
    (rule) => /^DOCKER-USER$|^ufw-docker/.test(rule.chain ?? "") && /DROP|REJECT|ufw/i.test(rule.action),
  );
}
