// Pull needs a way in: a host behind NAT or a VPN that only dials out cannot be scraped.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

const told =
  /\b(?:behind|through|via|over)\b.{0,40}\b(?:(?:CG)?NAT|carrier[- ]grade|VPN|home router|LTE router|DS-?Lite)\b|\bno (?:inbound|incoming) (?:connections?|ports?|traffic)\b/i;
const silent = /context deadline exceeded|i\/o timeout|no route to host|network is unreachable/i;

export const rule = defineRule({
  id: "prometheus/target-behind-nat",
  title: "Prometheus pulls from a host behind NAT or a VPN, and nothing leads in there",
  why: "Prometheus opens the connection. A machine behind address translation, or on the other side of a VPN that only it dials, has no address that the server can reach: scrapes end with a time-out, whatever runs there. The data has to be sent from inside (agent mode with remote_write), or fetched through a tunnel that the host itself opens (PushProx, reverse SSH).",
  severity: "warning",
  component: "prometheus",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  needs: ["text.lines"],
  uses: ["prometheus.targets"],
  texts: [
    "behind NAT",
    "behind CGNAT",
    "behind a NAT",
    "behind a VPN",
    "behind the VPN",
    "over a VPN",
    "over the VPN",
    "via VPN",
    "no inbound",
    "no incoming",
    "home router",
    "DS-Lite",
    "carrier-grade",
  ],
  rivals: [
    {
      rule: "host/firewall-blocks-port",
      tellApart: "there the host has an address that leads to it, and a packet filter drops what arrives",
      decideWith: "iptables-save; tcpdump -ni any tcp port 9100   # on the host: does anything arrive?",
    },
  ],
  decideWith:
    "curl -v --max-time 5 http://TARGET/metrics   # from the server; on the host: curl -s ifconfig.me; ip addr",
  references: [
    "https://github.com/prometheus-community/PushProx",
    "https://prometheus.io/docs/prometheus/latest/prometheus_agent/",
  ],
  check(facts) {
    const notes = facts["text.lines"].filter(
      ({ stream, text }) => stream === "note" && told.test(text.slice(0, 2_000)),
    );
    const [note] = notes;
    if (!note) return [];
    const dark = facts["prometheus.targets"].filter(
      ({ health, lastError, dropped }) => !dropped && health === "down" && silent.test(lastError ?? ""),
    );
    const lines = facts["text.lines"].filter(
      ({ component, text }) => component === "prometheus" && silent.test(text),
    );
    if (dark.length === 0 && lines.length === 0) return [];
    const named = dark.find(({ instance }) => {
      const host = instance?.split(":")[0];
      return host !== undefined && notes.some(({ text }) => text.includes(host));
    });
    const target = named ?? (dark.length === 1 ? dark[0] : undefined);
    const who = target?.instance ?? "The target";
    return [
      {
        subject: { kind: "link", id: `prometheus → ${target?.instance ?? "target behind NAT"}` },
        says: `${who} does not answer and is said to be behind NAT or a VPN: Prometheus cannot open a connection to it; let it push (agent mode, remote_write) or tunnel (PushProx, reverse SSH)`,
        proof: [note.at, ...(target ? [target.errorAt ?? target.at] : lines.slice(0, 1).map(({ at }) => at))],
        certainty: named ? "likely" : "possible",
      } satisfies FindingDraft,
    ];
  },
  fix: () =>
    byHand(
      "Run Prometheus in agent mode (or Alloy) on that host with remote_write to the server, or PushProx with proxy_url in the scrape job, or a reverse SSH tunnel",
      "Choose the way out of that network",
    ),
});
