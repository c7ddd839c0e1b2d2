// blackbox asks for IPv6 addresses first, and its network has no IPv6.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "blackbox-exporter/prefers-ipv6",
  title:
    "blackbox-exporter probes over IPv6, which its network does not have, so probe_success is 0 for healthy targets",
  why: "preferred_ip_protocol is ip6 by default, and a target with an AAAA record is dialled over IPv6. In a Docker or Kubernetes network without IPv6 that ends with cannot assign requested address or network is unreachable.",
  severity: "critical",
  component: "blackbox-exporter",
  layer: "network",
  nature: "cause",
  effect: "no-data-in",
  from: "any",
  texts: [
    "module={module} target={target}{rest*}dial tcp [{address}]:{port#}: connect: cannot assign requested address",
    "module={module} target={target}{rest*}dial tcp [{address}]:{port#}: connect: network is unreachable",
    "dial tcp [{address}]:{port#}: connect: cannot assign requested address",
    "write ip6 {from}: sendto: cannot assign requested address",
  ],
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm(hit, facts) {
    const isProbe = /module=|probe/.test(hit.line.text) || hit.component?.kind === "blackbox-exporter";
    if (!isProbe) return {};
    const doc = facts["config.documents"].find(({ kind }) => kind === "blackbox");
    if (doc && /preferred_ip_protocol: *"?ip4/.test(doc.text)) return { holds: false };
    return { holds: true, proof: doc ? [doc.at] : [] };
  },
  says: ({ line }) => {
    const target = /target=(\S+)/.exec(line.text)?.[1] ?? "the target";
    return `${target} is probed over IPv6 (${/\[([0-9a-f:]+)\]/i.exec(line.text)?.[1] ?? "its AAAA address"}), which the exporter's network lacks: set preferred_ip_protocol: ip4 in the module`;
  },
  rivals: [{ rule: "prometheus/probe-url-answers-404", tellApart: "there the target answers" }],
  decideWith:
    "curl -s 'http://BLACKBOX_EXPORTER:9115/probe?target=TARGET&module=MODULE&debug=true' | head -20",
  references: ["https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md"],
  fix: () =>
    byHand(
      "modules: {http_2xx: {prober: http, http: {preferred_ip_protocol: ip4, ip_protocol_fallback: false}}}, then reload blackbox-exporter",
      "In blackbox.yml",
      undefined,
      "safe",
    ),
});
