// Refused because the machine has no socket there: not started, other port, or bound to loopback.
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { failedReaches, reachFacts, reachFinding } from "../../failed-reach.ts";

const mechanisms = new Set(["nobody-listens", "bound-to-loopback", "bound-elsewhere"]);

export const rule = defineRule({
  id: "host/nothing-listens",
  title: "Nothing on the target machine listens on the address and port that is dialled",
  why: "`connection refused` is an answer of the machine: no socket for that address and port. The program is not running, listens on another port, or only on 127.0.0.1.",
  severity: "critical",
  component: "host",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["host.dials", "host.listeners"],
  uses: reachFacts,
  rivals: [
    {
      rule: "docker/port-not-published",
      tellApart: "there a container serves the port inside a bridge network",
    },
    {
      rule: "host/firewall-blocks-port",
      tellApart: "a REJECT with tcp-reset refuses too; its counter moves",
    },
  ],
  decideWith: "ss -ltnp; systemctl status node_exporter",
  references: [
    "https://github.com/prometheus/node_exporter/issues/719",
    "https://man7.org/linux/man-pages/man8/ss.8.html",
  ],
  check(facts, stack) {
    return failedReaches(facts, stack)
      .filter((entry) => mechanisms.has(entry.reach.mechanism))
      .filter(
        (entry) =>
          entry.isItsHost ||
          !isClientsHost(
            entry.network.listeners.map((listener) => listener.port),
            entry.dial.fromComponent,
          ),
      )
      .map((entry) => {
        const { targetHost, targetPort } = entry.dial;
        const near = entry.network.listeners.find(
          (listener) =>
            /node[-_]exp|cadvisor|prometheus-node|promtail|alloy/.test(listener.process ?? "") &&
            listener.port !== targetPort,
        );
        const hint =
          near && entry.reach.mechanism === "nobody-listens"
            ? `; ${near.process} listens on port ${near.port}`
            : "";
        return reachFinding(
          entry,
          stack,
          `${targetHost}:${targetPort} refuses because ${entry.reach.because}${hint}`,
          near && hint ? [near.at] : [],
        );
      });
  },
  fix: (finding) =>
    byHand(
      /only, which|listens on 127/.test(finding.says)
        ? "Let the program listen on the LAN address or on all addresses (for example --web.listen-address=:9100), and admit only the Prometheus host in the firewall"
        : "Start the program, or correct the port in the scrape job to the one it listens on",
      "See what listens",
      "ss -ltnp",
    ),
});

/** Sockets of the machine that dialled say nothing about the other one. */
function isClientsHost(ports: readonly number[], client: string | undefined): boolean {
  return client === "prometheus" && ports.includes(9090);
}
