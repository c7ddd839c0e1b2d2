// The listen address is no address: a quote in it, a bare port, a name where a number belongs.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/listen-address-malformed",
  title:
    "A component cannot listen because its listen address is no host:port (a quote, a bare port, a wrong word)",
  why: 'systemd and exec-form commands have no shell: quotes that are not around a whole argument reach the program as characters of the address (--web.listen-address=":9100" becomes port 9100"). A bare port lacks its colon. The program ends at start.',
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "bind",
  from: [
    "node-exporter",
    "prometheus",
    "alertmanager",
    "blackbox-exporter",
    "grafana",
    "loki",
    "promtail",
    "alloy",
    "cadvisor",
  ],
  texts: [
    "listen tcp: address {address*}: missing port in address",
    "listen tcp: address {address*}: too many colons in address",
    "listen tcp: address {address*}: unknown port",
    "listen tcp: address {address*}: invalid port",
    "listen tcp: lookup tcp/{address*}: unknown port",
    "listen tcp: lookup tcp/{address*}: Servname not supported for ai_socktype",
  ],
  says: ({ line, component }) => {
    const address =
      /listen tcp: (?:address|lookup) (.{1,120}?): (?:missing|too many|unknown|invalid|Servname)/.exec(
        line.text,
      )?.[1];
    const plain = (address ?? "").replaceAll("\\", "");
    const why = /["']/.test(plain)
      ? "a quote character is part of it, because nothing between the file and the program removes quotes in the middle of an argument"
      : /^\d{2,5}$/.test(plain)
        ? `the colon is missing (:${plain})`
        : "it is not of the form host:port";
    return `${line.component ?? component?.kind ?? "The program"} cannot listen on ${plain || "its address"}: ${why}`;
  },
  subject: ({ component, line }) => ({ kind: "component", id: component?.id ?? line.component ?? "host" }),
  rivals: [
    { rule: "host/listen-port-taken", tellApart: "there the address is sound and in use" },
    { rule: "host/privileged-port-denied", tellApart: "there the address is sound and not allowed" },
  ],
  decideWith: "systemctl cat UNIT (or docker inspect CONTAINER --format '{{json .Args}}')",
  references: [
    "https://github.com/prometheus/node_exporter/issues/1688",
    "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines",
  ],
  fix: (finding) =>
    byHand(
      "Write the flag without inner quotes and with a colon: --web.listen-address=:9100 (or quote the whole argument)",
      finding.says,
      undefined,
      "safe",
    ),
});
