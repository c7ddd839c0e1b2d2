// A ping needs a raw socket, or the kernel's leave to do without.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "blackbox-exporter/icmp-not-permitted",
  title: "blackbox-exporter may not open an ICMP socket (CAP_NET_RAW is missing), so every icmp probe fails",
  why: "The icmp prober tries an unprivileged ping socket first (allowed when the process's group is in net.ipv4.ping_group_range) and then a raw socket, which needs CAP_NET_RAW. Containers with dropped capabilities, non-root users and hardened systemd units have neither: probe_success is 0 for hosts that answer.",
  severity: "critical",
  component: "blackbox-exporter",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-out",
  from: "any",
  texts: [
    "listen ip4:icmp {address}: socket: operation not permitted",
    "listen ip6:ipv6-icmp {address}: socket: operation not permitted",
    "listen ip4:icmp: socket: operation not permitted",
    "Error listening to socket{rest*}operation not permitted",
  ],
  says: ({ line }) =>
    `The icmp prober may not open its socket (${/listen ip6/.test(line.text) ? "ip6:ipv6-icmp" : "ip4:icmp"}: operation not permitted): the process lacks CAP_NET_RAW and its group is not in net.ipv4.ping_group_range`,
  rivals: [
    {
      rule: "blackbox-exporter/prefers-ipv6",
      tellApart: "there the socket opens and the address family has no route",
    },
  ],
  decideWith:
    "sysctl net.ipv4.ping_group_range; getpcaps PID; curl 'BLACKBOX:9115/probe?module=icmp&target=127.0.0.1&debug=true'",
  references: ["https://github.com/prometheus/blackbox_exporter#permissions"],
  fix: () =>
    byHand(
      "Give it CAP_NET_RAW: cap_add: [NET_RAW] (Docker), securityContext.capabilities.add: [NET_RAW] (Kubernetes), setcap cap_net_raw+ep or AmbientCapabilities=CAP_NET_RAW (systemd); or sysctl net.ipv4.ping_group_range='0 2147483647'",
      "Where blackbox-exporter is started",
      "setcap cap_net_raw+ep /usr/local/bin/blackbox_exporter",
    ),
});
