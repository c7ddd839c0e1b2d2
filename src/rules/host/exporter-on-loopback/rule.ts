// An exporter that only its own machine can ask, and a Prometheus elsewhere that asks.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { isLoopback } from "../../../stack/subnets.ts";
import { byHand } from "../../by-hand.ts";

const exporter = /(?:^|[-_])exporter|^cadvisor$|^node[-_]exporter$/;
/** What somebody writes, or a page of targets shows, of a target that refuses. */
const refusal =
  /connection refused|(?:can(?:'|no)?t|cannot|unable to|does(?:n't| not)) (?:reach|scrape|connect|get)|\bDOWN\b/i;

export const rule = defineRule({
  id: "host/exporter-on-loopback",
  title: "An exporter listens on 127.0.0.1 only, so a Prometheus on another machine is refused",
  why: "A socket on 127.0.0.1 takes connections of its own machine alone. curl localhost:9100 answers there, a scrape from elsewhere gets connection refused, and no firewall has anything to do with it.",
  severity: "critical",
  component: "host",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "bind",
  needs: ["host.listeners"],
  uses: ["text.lines", "host.dials", "prometheus.targets"],
  texts: ["connection refused", "can't reach", "cannot reach", "can't scrape", "cannot scrape", "DOWN"],
  rivals: [
    { rule: "host/nothing-listens", tellApart: "there the refused address and port are shown" },
    {
      rule: "host/firewall-blocks-port",
      tellApart: "a filter drops or rejects; the socket would be on all addresses",
    },
  ],
  decideWith: "ss -ltnp   # on the exporter's machine",
  references: ["https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md"],
  check(
    { "host.listeners": listeners, "text.lines": lines, "host.dials": dials, "prometheus.targets": targets },
    stack,
  ) {
    return listeners.flatMap((listener): FindingDraft[] => {
      const { process, address, port, host } = listener;
      if (!process || !exporter.test(process) || !isLoopback(address)) return [];
      const same = listeners.filter((other) => other.port === port && other.host === host);
      if (same.some((other) => !isLoopback(other.address))) return [];
      // Who dialled which address is told: that is host/nothing-listens.
      if (
        dials.some((dial) => dial.targetPort === port && dial.tool !== "curl" && dial.outcome !== "connected")
      )
        return [];
      if (targets.some((target) => target.health === "up" && target.scrapeUrl?.includes(`:${port}/`)))
        return [];
      const isBeside = stack.components.some(
        (component) =>
          component.kind === "prometheus" && component.host !== undefined && component.host === host,
      );
      const said = lines.find(
        ({ text, stream }) =>
          stream !== "log" &&
          text.length < 600 &&
          refusal.test(text) &&
          !/ufw|firewall-cmd/.test(text.slice(0, 12)),
      );
      if (isBeside || !said) return [];
      return [
        {
          subject: { kind: "host", id: host ?? "host" },
          says: `${process} listens on ${address}:${port} only${host ? ` (${host})` : ""}: a Prometheus on another machine is refused, while curl on the machine itself answers. Let it listen on :${port} (--web.listen-address=:${port}) and admit only the Prometheus host in the firewall`,
          proof: [listener.at, { ...said.at, excerpt: said.text }],
          certainty: "likely",
          concerns: [...(host ? [host] : [])],
        },
      ];
    });
  },
  fix: (finding) => {
    const port = /:(\d+) only/.exec(finding.says)?.[1] ?? "9100";
    return byHand(
      `Start the exporter with --web.listen-address=:${port} (or the address of the network Prometheus is on), and let the firewall admit the Prometheus host alone`,
      "In the exporter's unit or /etc/default file, then systemctl restart it",
      "ss -ltnp",
    );
  },
});
