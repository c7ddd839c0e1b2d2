// A port below 1024 and no right to open it.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/privileged-port-denied",
  title: "A component runs without root and may not listen on a port below 1024 (bind: permission denied)",
  why: "Ports below net.ipv4.ip_unprivileged_port_start (1024) need root or CAP_NET_BIND_SERVICE. A syslog receiver on 514 or Grafana on 80 as an ordinary user ends at start. Inside a container the port can be any: publish 514:1514.",
  severity: "critical",
  component: "host",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "bind",
  from: [
    "promtail",
    "alloy",
    "grafana",
    "prometheus",
    "loki",
    "alertmanager",
    "blackbox-exporter",
    "node-exporter",
    "haproxy",
  ],
  texts: [
    "listen tcp {address*}:{port#}: bind: permission denied",
    "listen udp {address*}:{port#}: bind: permission denied",
    "listen tcp :{port#}: bind: permission denied",
    "listen udp :{port#}: bind: permission denied",
  ],
  confirm: ({ line }) => {
    const port = Number(/:(\d{1,5}): bind/.exec(line.text)?.[1]);
    return { holds: port > 0 && port < 1024 };
  },
  says: ({ line, component }) =>
    `${line.component ?? component?.kind ?? "The program"} may not listen on port ${/:(\d{1,5}): bind/.exec(line.text)?.[1]}: ports below 1024 need root or CAP_NET_BIND_SERVICE; listen on a higher one and publish or redirect it`,
  subject: ({ component, line }) => ({ kind: "component", id: component?.id ?? line.component ?? "host" }),
  decideWith: "sysctl net.ipv4.ip_unprivileged_port_start; id USER",
  references: ["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
  fix: () =>
    byHand(
      "Listen on a port above 1023 (1514) and publish it as 514:1514, or add CAP_NET_BIND_SERVICE (cap_add, AmbientCapabilities)",
      "In the configuration",
      undefined,
      "safe",
    ),
});
