// The bridge's MTU is larger than that of the interface the packets leave by: small requests pass, large answers hang.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const slow = [
  "context deadline exceeded",
  "Client.Timeout exceeded while awaiting headers",
  "net/http: TLS handshake timeout",
  "i/o timeout",
  "message too long, mtu=",
  "Frag needed",
  "Message too long",
];
const slowPatterns = slow.map(compilePattern);

export const rule = defineRule({
  id: "docker/mtu-too-large",
  title:
    "Docker's bridge has a larger MTU than the host's uplink, so small requests pass and large answers hang",
  why: "Docker gives its bridges an MTU of 1500, whatever the interface behind them can carry. Over a VPN (1420), an overlay (1450) or a cloud network (1460) full packets are too long; when the ICMP message that says so is filtered, they vanish. Connections open and health checks work, while big scrapes, TLS handshakes and pushes run into their deadline.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["text.lines"],
  uses: ["host.addresses", "host.routes", "host.settings", "docker.networks"],
  texts: slow,
  rivals: [
    { rule: "host/firewall-blocks-port", tellApart: "there the connection does not open at all" },
    {
      rule: "node-exporter/hung-mount-stalls-scrape",
      tellApart: "there the answer does not come from the machine itself either",
    },
  ],
  decideWith:
    "ip link; docker network inspect bridge -f '{{index .Options \"com.docker.network.driver.mtu\"}}'; ping -M do -s 1472 TARGET",
  references: [
    "https://docs.docker.com/reference/cli/docker/network/create/#bridge-driver-options",
    "https://docs.docker.com/engine/network/drivers/bridge/",
  ],
  check(facts) {
    const line = facts["text.lines"].findLast((entry) => matches(slowPatterns, entry));
    if (!line) return [];
    const uplink = narrowUplink(facts);
    const bridge = uplink && wideBridge(facts, uplink);
    if (!uplink || !bridge) return [];
    const told = facts["text.lines"].find((entry) => /message too long|frag needed/i.test(entry.text));
    const finding: FindingDraft = {
      subject: uplink.host ? { kind: "host", id: uplink.host } : { kind: "network", id: bridge.name },
      says: `Packets leave by ${uplink.device} with mtu ${uplink.mtu}, but ${bridge.name} hands out mtu ${bridge.mtu}: large answers are lost on the way (requests time out though connections open); set com.docker.network.driver.mtu to ${uplink.mtu}`,
      proof: [
        uplink.at,
        bridge.at,
        { ...line.at, excerpt: line.text },
        ...(told && told !== line ? [quoted(told)] : []),
      ],
      certainty: told ? "proven" : "likely",
    };
    return [finding];
  },
  fix: (finding) => {
    const mtu = / with mtu (\d+)/.exec(finding.says)?.[1] ?? "1450";
    return byHand(
      `Give the networks the uplink's MTU: driver_opts: {com.docker.network.driver.mtu: "${mtu}"} under the compose network, {"mtu": ${mtu}} in daemon.json for docker0; then recreate the networks (docker compose down && docker compose up -d)`,
      "In the compose file and /etc/docker/daemon.json",
    );
  },
});

function quoted(line: { readonly at: Place; readonly text: string }): ProofDraft {
  return { ...line.at, excerpt: line.text };
}

type Uplink = Device;

const inner = /^(?:docker\d*$|docker_gwbridge|br-|veth|lo$|cni|flannel|cali|virbr|podman)/;

type Seen = Pick<Facts, "host.addresses" | "host.routes" | "host.settings" | "docker.networks">;

interface Device {
  readonly at: Place;
  readonly device: string;
  readonly mtu: number;
  readonly host: string | undefined;
}

/** Every interface whose MTU was shown, with or without an address. */
function devices(facts: Seen): Device[] {
  return facts["host.settings"].flatMap(({ name, value, at, host, container }) => {
    const device = /^mtu (\S+)$/.exec(name)?.[1];
    const mtu = Number(value);
    return device !== undefined && container === undefined && mtu >= 576 ? [{ at, device, mtu, host }] : [];
  });
}

/** The interface of the default route, or the only one that is no bridge of Docker's; with an MTU below 1500. */
function narrowUplink(facts: Seen): Uplink | undefined {
  const outer = devices(facts).filter(({ device }) => !inner.test(device));
  const route = facts["host.routes"].find(
    (entry) => entry.destination === "0.0.0.0/0" && entry.container === undefined,
  );
  const names = new Set(outer.map(({ device }) => device));
  const device = route?.device ?? (names.size === 1 ? [...names][0] : undefined);
  // a tunnel beside the uplink is the way to the other hosts, when there is one and it is narrower
  const tunnel = outer.find((entry) => /^(?:wg|tun|tap|tailscale|zt)/.test(entry.device) && entry.mtu < 1500);
  return outer.find((entry) => entry.device === device && entry.mtu < 1500) ?? tunnel;
}

function wideBridge(
  facts: Seen,
  uplink: Uplink,
): { readonly name: string; readonly mtu: number; readonly at: Place } | undefined {
  const isHere = (entry: { readonly host?: string | undefined }): boolean =>
    entry.host === uplink.host || !entry.host || !uplink.host;
  const network = facts["docker.networks"].find((entry) => isHere(entry) && (entry.mtu ?? 0) > uplink.mtu);
  if (network?.mtu !== undefined) return { name: network.name, mtu: network.mtu, at: network.at };
  const bridge = devices(facts).find(
    (entry) =>
      isHere(entry) && /^(?:docker0|docker_gwbridge|br-)/.test(entry.device) && entry.mtu > uplink.mtu,
  );
  return bridge && { name: bridge.device, mtu: bridge.mtu, at: bridge.at };
}
