// Clustering is on by default and finds no address to advertise.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/no-private-address",
  title:
    "Alertmanager cannot deduce a gossip advertise address: the host has no private IP address, so it exits",
  why: "Cluster mode is on by default and advertises a private (RFC 6890) address of the interface with the default route. A host with only public, carrier-grade or IPv6 addresses, or without a default route yet at boot, has none, and the process ends. The warning alone, without the exit, is harmless.",
  severity: "critical",
  component: "alertmanager",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "bind",
  texts: [
    "Failed to get final advertise address: No private IP address found",
    "unable to initialize gossip mesh",
  ],
  says: () =>
    "Alertmanager's cluster needs an advertise address and finds no private IP (explicit IP not provided): --cluster.advertise-address is not set, and clustering is not switched off",
  rivals: [
    {
      rule: "alertmanager/peers-unresolved",
      tellApart: "there the process runs and only its peers' names do not resolve",
    },
  ],
  decideWith: "ip -4 addr; ip route show default",
  references: ["https://github.com/prometheus/alertmanager/issues/2284"],
  fix: () => ({
    summary:
      'Single instance: --cluster.listen-address="" ; cluster: --cluster.advertise-address=ADDRESS:9094 ; only at boot: start After=network-online.target',
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Add one of the flags to the start arguments",
        command: '--cluster.listen-address=""',
      },
    ],
  }),
});
