// The machine's packet filter drops or rejects the connection.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, Fix } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import {
  failedReaches,
  isGateway,
  machineOf,
  type ReachFacts,
  reachFacts,
  reachFinding,
} from "../../failed-reach.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "[UFW BLOCK] IN={device*} OUT={out*} DPT={port#}",
  "FINAL_REJECT: IN={device*}DPT={port#}",
  "filter_IN_public_REJECT: IN={device*}DPT={port#}",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "host/firewall-blocks-port",
  title: "The target machine's firewall drops or rejects connections to the exporter's port",
  why: "DROP lets the client wait until its deadline (i/o timeout, context deadline exceeded), REJECT answers with an ICMP error that Go prints as `no route to host`. Traffic of containers to services of their own host comes in on a bridge device and passes INPUT as well, so `ufw`'s default deny hits a Prometheus container that scrapes its own host; ports published by Docker pass FORWARD and are not affected by ufw.",
  severity: "critical",
  component: "host",
  layer: "firewall",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: [],
  needsAny: ["host.dials", "text.lines"],
  uses: [...reachFacts, "host.firewallstates", "text.lines"],
  texts,
  rivals: [
    {
      rule: "node-exporter/hung-mount-stalls-scrape",
      tellApart: "there the connection is made and the answer is late",
    },
    { rule: "docker/subnet-overlaps-lan", tellApart: "there the route to the peer leads into a bridge" },
    { rule: "host/nothing-listens", tellApart: "a closed port refuses at once" },
  ],
  decideWith:
    "ufw status verbose; firewall-cmd --get-active-zones; iptables -L INPUT -nv | head; nc -zv HOST PORT",
  references: [
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    "https://github.com/prometheus-operator/prometheus-operator/issues/2576",
  ],
  check(facts, stack) {
    const byRule = failedReaches(facts, stack)
      .filter((entry) => entry.reach.mechanism.startsWith("firewall"))
      .map((entry) =>
        reachFinding(
          entry,
          stack,
          `${entry.dial.targetHost}:${entry.dial.targetPort}: ${entry.reach.because} (${toolOf(entry.reach.proof[0]?.text)})`,
        ),
      );
    if (byRule.length > 0) return byRule;
    const byLog = fromKernelLog(facts);
    if (byLog.length > 0) return byLog;
    return fromUfwState(facts, stack);
  },
  fix: (finding, facts, stack) => {
    const admitted = admit(finding, facts, stack);
    if (admitted) return admitted;
    const port = finding.says.match(/port (\d+)/)?.[1] ?? finding.says.match(/:(\d+):/)?.[1] ?? "9100";
    const isContainer = /bridge|container/.test(finding.says);
    return byHand(
      /firewalld/i.test(finding.says)
        ? `firewall-cmd --permanent --zone=trusted --add-source=172.16.0.0/12 (container subnets) or --add-rich-rule for the Prometheus address and port ${port}/tcp, then firewall-cmd --reload`
        : `Let the client in: ufw allow from ${isContainer ? "172.16.0.0/12" : "PROMETHEUS_IP"} to any port ${port} proto tcp (or the same as an iptables/nft rule before the drop)`,
      "On the target machine",
      `ufw allow from ${isContainer ? "172.16.0.0/12" : "PROMETHEUS_IP"} to any port ${port} proto tcp`,
      "safe",
    );
  },
});

/** One address, one port, before the rule that decides; only where all three are known. */
function admit({ says }: FindingDraft, facts: ReachFacts, stack: Stack): Fix | undefined {
  const entry = failedReaches(facts, stack).find(
    ({ dial, isItsHost, reach }) =>
      isItsHost &&
      reach.mechanism.startsWith("firewall") &&
      says.startsWith(`${dial.targetHost}:${dial.targetPort}: `),
  );
  const source = entry?.client.address;
  const at = entry?.reach.proof[0]?.at;
  const rule = entry?.network.firewall.find(
    (one) => one.at.source === at?.source && one.at.line === at?.line,
  );
  if (!entry?.host || source === undefined || !rule || entry.client.where !== "outside") return undefined;
  const { tool, chain, table, zone } = rule;
  // A port that the engine publishes is decided by its own chains, with the container's address and port.
  const isOwn = tool === "iptables" ? chain === "INPUT" : tool !== "nft" || /input/i.test(chain ?? "");
  if (!isOwn) return undefined;
  const port = entry.dial.targetPort;
  return {
    summary: `Let ${source}, and nobody else, in to port ${port} of ${entry.host} (${tool}). Done only with --open-firewall; otherwise the command is shown`,
    risk: "disruptive",
    steps: [
      {
        do: "admit-source",
        title: `Let ${source} in to port ${port} of ${entry.host}`,
        host: entry.host,
        tool,
        source,
        port,
        ...(tool === "iptables" || tool === "nft"
          ? { ...(chain ? { chain } : {}), ...(table ? { table } : {}) }
          : {}),
        ...(zone ? { zone: zone.name } : {}),
      },
    ],
  };
}

function toolOf(text: string | undefined): string {
  return text === undefined ? "packet filter" : `rule: ${text.trim().replace(/\s+/g, " ").slice(0, 120)}`;
}

const privateAddress =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd])/;

/** The kernel logged the blocked packet itself. */
function fromKernelLog(facts: Pick<Facts, "text.lines" | "host.dials">): FindingDraft[] {
  const found = new Map<string, FindingDraft>();
  for (const line of facts["text.lines"]) {
    if (!matches(patterns, line)) continue;
    const port = Number(line.text.match(/DPT=(\d+)/)?.[1]);
    const device = line.text.match(/IN=(\S+)/)?.[1] ?? "";
    const target = line.text.match(/DST=(\S+)/)?.[1] ?? "";
    const tool = /UFW/.test(line.text) ? "UFW" : "firewalld";
    const dial = facts["host.dials"].find(
      (entry) => entry.targetPort === port && /timeout|no-route/.test(entry.outcome),
    );
    const isMonitoring =
      dial !== undefined || /^(?:3000|3100|8080|90\d\d|91\d\d|12345|9080)$/.test(String(port));
    // a machine with a public address logs every scanner of the Internet
    const isNeighbour = privateAddress.test(line.text.match(/SRC=(\S+)/)?.[1] ?? "");
    if (!isMonitoring || !(dial || isNeighbour) || found.has(String(port))) continue;
    const isBridge = /^(?:br-|docker|podman|cni)/.test(device);
    found.set(String(port), {
      subject: { kind: "link", id: `${target || device}:${port}` },
      says: `${tool} blocks port ${port}: the kernel log shows packets from ${line.text.match(/SRC=(\S+)/)?.[1] ?? "the client"} dropped on ${device}${isBridge ? ", a Docker bridge: traffic from a container to its own host passes INPUT, where the default is deny" : ""}`,
      proof: [{ ...line.at, excerpt: line.text }, ...(dial ? [dial.at] : [])],
      certainty: dial ? "proven" : "likely",
      concerns: [target.toLowerCase(), ...(dial?.targetHost ? [dial.targetHost.toLowerCase()] : [])].filter(
        (id) => id !== "",
      ),
    });
  }
  return [...found.values()];
}

/** ufw shows no rule that lets the port in. Whether its default denies is only in `ufw status verbose`. */
function fromUfwState(
  facts: Pick<Facts, "host.firewallstates" | (typeof reachFacts)[number]>,
  stack: Stack,
): FindingDraft[] {
  const found = new Map<string, FindingDraft>();
  for (const dial of facts["host.dials"]) {
    const { targetHost, targetPort } = dial;
    if (!/^(?:timeout|no-route)$/.test(dial.outcome) || targetHost === undefined || targetPort === undefined)
      continue;
    const machine = machineOf(facts, dial);
    const active = facts["host.firewallstates"].find(
      (state) => state.tool === "ufw" && state.active && machine && state.host === machine.host,
    );
    if (!machine || !active) continue;
    const rules = facts["host.firewall"].filter((rule) => rule.tool === "ufw" && rule.host === active.host);
    const policy = rules.find((rule) => rule.isPolicy && rule.chain === "INPUT");
    const denial = rules.find(
      (rule) => !rule.isPolicy && /^(?:DROP|REJECT)$/.test(rule.action) && covers(rule.ports, targetPort),
    );
    const allows = rules.some(
      (rule) => !rule.isPolicy && /^(?:ACCEPT|LIMIT)$/.test(rule.action) && covers(rule.ports, targetPort),
    );
    if (policy?.action === "ACCEPT" && !denial) continue;
    const isPublished = facts["docker.containers"].some((container) =>
      container.ports?.some((mapping) => mapping.hostPort === targetPort),
    );
    const isName = facts["docker.containers"].some(
      (container) => container.name === targetHost || container.service === targetHost,
    );
    const key = `${targetHost}:${targetPort}`;
    if (allows || isPublished || isName || found.has(key)) continue;
    const isGate = isGateway(targetHost);
    const server = stack.components.find(
      (component) =>
        component.docker?.networkMode === "host" &&
        component.args.some((arg) => arg.text.includes(`:${targetPort}`)),
    );
    const shown = denial ?? policy;
    // dropped packets time out; only a REJECT is answered
    if ((dial.outcome === "no-route") !== (shown?.action === "REJECT")) continue;
    const how = denial
      ? `ufw has a rule that blocks port ${targetPort} (${denial.text.trim().replace(/\s+/g, " ")})`
      : policy
        ? `ufw is active, has no rule that allows port ${targetPort}, and its default is ${policy.action === "REJECT" ? "reject" : "deny"} (incoming)`
        : `ufw is active and has no rule that allows port ${targetPort}; its default for incoming connections is not shown (deny unless it was changed)`;
    found.set(key, {
      subject: { kind: "link", id: key },
      says: `${key}: ${how}${isGate ? ", which holds for a container on a bridge that dials its own host as well" : ""}: packets are dropped (time-out)${machine.isCertain ? "" : ` (nothing shown says that ${targetHost} is the machine whose ufw this is)`}`,
      proof: [active.at, ...(shown ? [shown.at] : []), dial.at],
      certainty: !machine.isCertain ? "possible" : shown ? "proven" : "likely",
      ...(machine.isCertain && shown ? {} : { decideWith: "ip -br addr; sudo ufw status verbose" }),
      concerns: [targetHost.toLowerCase(), ...(server ? [server.id] : [])],
    });
  }
  return [...found.values()];
}

function covers(ports: readonly string[] | undefined, port: number): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((text) => {
    const range = /^(\d+)(?:[:-](\d+))?/.exec(text);
    return range !== null && port >= Number(range[1]) && port <= Number(range[2] ?? range[1]);
  });
}
