// ICMP needs a privilege that the exporter's user lacks.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "blackbox-exporter/icmp-not-permitted",
  title:
    "The blackbox exporter may not open an ICMP socket (no CAP_NET_RAW, and its group is outside net.ipv4.ping_group_range), so every icmp probe fails",
  why: "A raw socket needs CAP_NET_RAW; an unprivileged ping socket needs the process's group within the kernel's ping_group_range. Images run as nobody, charts drop all capabilities, and systemd units lack AmbientCapabilities: probe_success is 0 for icmp only, although ping works in a root shell.",
  severity: "critical",
  component: "blackbox-exporter",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: [
    "Error listening to socket…operation not permitted",
    "listen ip4:icmp {address}: socket: operation not permitted",
    "listen ip6:ipv6-icmp {address}: socket: operation not permitted",
  ],
  says: () =>
    "The icmp prober cannot open its socket (operation not permitted): the container or unit lacks CAP_NET_RAW and net.ipv4.ping_group_range does not hold its group",
  rivals: [
    {
      rule: "blackbox-exporter/prefers-ipv6",
      tellApart: "there the probe is sent, to an IPv6 address",
    },
  ],
  decideWith:
    "sysctl net.ipv4.ping_group_range; docker inspect -f '{{.HostConfig.CapAdd}} {{.Config.User}}' BLACKBOX",
  references: [
    "https://github.com/prometheus/blackbox_exporter#permissions",
    "https://man7.org/linux/man-pages/man7/icmp.7.html",
  ],
  fix: () =>
    byHand(
      'cap_add: [NET_RAW] (Kubernetes: securityContext.capabilities.add: [NET_RAW]; systemd: AmbientCapabilities=CAP_NET_RAW), or sysctl net.ipv4.ping_group_range="0 2147483647" so that no capability is needed',
      "In the compose file, values or unit",
      undefined,
      "safe",
    ),
});
