// Real TCP connections in the direction in which they will be made, and the rule of the packet filter that stops one.
import type { Facts } from "../../../model/facts.ts";
import type {
  PreflightCheck,
  PreflightDraft,
  PreflightInput,
  TriedConnection,
} from "../../../model/preflight.ts";
import type { StackHost } from "../../../model/stack-file.ts";
import { networkOfHost } from "../../../stack/host-network.ts";
import { type Reach, reach } from "../../../stack/reachability.ts";
import { sshTo } from "../answers.ts";

export const check: PreflightCheck = {
  id: "connections",
  proves: "every connection of the stack gets through, in its own direction",
  looks: ["addresses", "sockets", "containers", "iptables", "ip6tables", "nft", "ufw", "firewalld"],
  judgeAll: (input) => input.connections.map((one) => judged(one, input)),
};

function judged(tried: TriedConnection, input: PreflightInput): PreflightDraft {
  const { from, address, port, because, end, isOptional } = tried;
  const place = `${address}:${port}`;
  const host = tried.concerns;
  const sentence = `${place} from ${from}`;
  const source = input.stack.hosts.find(({ name }) => name === from);
  const target = input.stack.hosts.find(({ name }) => name === tried.to);
  const proof = [{ source: tried.source, excerpt: `${place}: ${tried.detail}` }];
  if (end === "connected") return { host, state: "ok", says: `${sentence} gets through: ${because}`, proof };
  const byHand = source
    ? `${sshTo(source)} 'timeout 5 bash -c "exec 3<>/dev/tcp/${address}/${port}" && echo open'`
    : "";
  const bad = isOptional ? ("warn" as const) : ("stop" as const);
  if (end === undefined)
    return {
      host,
      state: "unknown",
      says: `whether ${sentence} gets through could not be tried: ${tried.detail}`,
      proof,
      next: byHand,
    };
  if (target === undefined || !tried.isOurs)
    return {
      host,
      state: bad,
      says: `${sentence} fails (${tried.detail}): ${because}; it is none of ours, and may come later`,
      proof,
      next: byHand,
    };
  const filter = filterOf(tried, input.facts, source);
  const rule = filter?.proof[0];
  const withRule = rule ? [...proof, { ...rule.at, excerpt: rule.text }] : proof;
  if (filter?.verdict === "blocked" && rule)
    return {
      host,
      state: bad,
      says: `${sentence} does not get through (${tried.detail}): ${filter.because} on ${target.name}, with the rule ${rule.text}; ${because}`,
      proof: withRule,
      next: allow(target, source, port),
    };
  if (end === "refused" && tried.listener === "none") {
    const seen = filter?.verdict === "reachable";
    return {
      host,
      state: seen ? "ok" : "unknown",
      says: seen
        ? `${sentence} is refused as long as nobody listens, and the packet filter of ${target.name} lets it in: ${because}`
        : `${sentence} is refused, and nobody listened there to tell a closed port from a firewall that rejects (${tried.listenFailure ?? "no listener could be opened"}): ${because}`,
      proof: withRule,
      ...(seen ? {} : { next: `${sshTo(target)} 'sudo iptables-save; sudo nft list ruleset'` }),
    };
  }
  return {
    host,
    state: bad,
    says: `${sentence} does not get through (${tried.detail})${onTheWay(tried, filter, target)}: ${because}`,
    proof: withRule,
    next: `${sshTo(target)} 'sudo iptables-save; sudo nft list ruleset'; ${byHand}`,
  };
}

/** The target's own filter, asked about exactly this connection as if the component listened already. */
function filterOf(
  { from, to, address, port }: TriedConnection,
  facts: Facts,
  source: StackHost | undefined,
): Reach | undefined {
  if (to === undefined) return undefined;
  const network = networkOfHost(facts, to);
  if (!network.seen.firewall) return undefined;
  const [own] = network.addresses;
  const at = own?.at ?? { source: `${to}: packet filter` };
  const listener = { at, host: to, protocol: "tcp", address: "0.0.0.0", port };
  const client = facts["host.addresses"].find(
    (one) => one.host === from && one.cidr.split("/")[0] === source?.address,
  );
  const clientAddress =
    client?.cidr.split("/")[0] ?? (/^[\d.]+$|:/.test(source?.address ?? "") ? source?.address : undefined);
  const containers = network.containers.filter(({ ports }) =>
    ports?.some(({ hostPort }) => hostPort === port),
  );
  const listeners = containers.length > 0 ? network.listeners : [listener];
  return reach(
    { ...network, listeners, containers, seen: { ...network.seen, listeners: true } },
    { where: "outside", ...(clientAddress === undefined ? {} : { address: clientAddress }) },
    { port, ...(/^[\d.]+$/.test(address) ? { address } : {}) },
  );
}

function onTheWay({ end, listener }: TriedConnection, filter: Reach | undefined, target: StackHost): string {
  if (end === "refused" && listener === "own")
    return `, though we listened there: something on the way rejects it`;
  if (filter?.verdict === "reachable")
    return `, though the packet filter of ${target.name} lets it in: something before ${target.name} stops it`;
  if (filter === undefined) return `; the packet filter of ${target.name} could not be read`;
  return "";
}

/** For that port and that client only: never open to the world. */
function allow(target: StackHost, source: StackHost | undefined, port: number): string {
  const from = source?.address ?? "ADDRESS";
  return `${sshTo(target)} sudo iptables -I INPUT -p tcp -s ${from} --dport ${port} -j ACCEPT   # ufw: ufw allow from ${from} to any port ${port} proto tcp; firewalld: a rich rule; and make it last`;
}
