// memberlist looks for a private address, finds none and does not guess.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/no-private-address",
  title: "Loki finds no private IP address to advertise for memberlist",
  why: "memberlist advertises only addresses of RFC 1918. On pods or hosts with public, 100.64.0.0/10 or IPv6-only addresses it refuses to guess and Loki exits. The address has to be given.",
  severity: "critical",
  component: "loki",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "bind",
  texts: [
    "no private IP address found, and explicit IP not provided",
    "failed to create memberlist: {reason*}advertise address",
    "no useable address found for interfaces",
    "no usable address found for interfaces",
  ],
  confirm: ({ line }) =>
    line.component === "loki" || !/alertmanager|gossip mesh/i.test(line.text)
      ? { holds: true }
      : { holds: false },
  says: ({ line }) =>
    /useable|usable/.test(line.text)
      ? "No usable address on the interfaces Loki looks at: name the interface in common.instance_interface_names or give common.instance_addr"
      : "The addresses of this pod or host are not private (RFC 1918), so memberlist has none to advertise: set memberlist.advertise_addr (or bind_addr) to the pod IP",
  references: [
    "https://github.com/grafana/loki/issues/8634",
    "https://github.com/grafana/loki/blob/main/vendor/github.com/grafana/dskit/kv/memberlist/tcp_transport.go",
  ],
  fix: () => ({
    summary:
      "Give the address: memberlist.bind_addr: [$" +
      "{MY_POD_IP}] or memberlist.advertise_addr, with MY_POD_IP from the downward API (status.podIP) and -config.expand-env=true",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title:
          "Add env MY_POD_IP (fieldRef status.podIP), the flag -config.expand-env=true, and the address in memberlist and common.instance_addr",
      },
    ],
  }),
});
