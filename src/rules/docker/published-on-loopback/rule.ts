// A port published on 127.0.0.1 answers on the host itself and for nobody else.
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { failedReaches, reachFacts, reachFinding } from "../../failed-reach.ts";

export const rule = defineRule({
  id: "docker/published-on-loopback",
  title: "A container's port is published on 127.0.0.1 only, so other machines and containers are refused",
  why: "`127.0.0.1:9100:9100` binds the port to the host's loopback interface. curl on the host works; a Prometheus on another machine, or in a container that goes through the host's LAN address, gets connection refused.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["host.dials"],
  uses: reachFacts,
  rivals: [
    { rule: "docker/port-not-published", tellApart: "there docker ps shows 9100/tcp without an arrow" },
    {
      rule: "host/firewall-blocks-port",
      tellApart: "a firewall drops (time-out) or rejects (no route to host)",
    },
  ],
  decideWith: "docker ps --format '{{.Names}} {{.Ports}}'; ss -ltn",
  references: [
    "https://docs.docker.com/engine/network/port-publishing/",
    "https://github.com/docker/docs/pull/22086",
  ],
  check(facts, stack) {
    return failedReaches(facts, stack)
      .filter((entry) => entry.reach.mechanism === "published-on-loopback")
      .map((entry) =>
        reachFinding(
          entry,
          stack,
          `${entry.dial.targetHost}:${entry.dial.targetPort} refuses because ${entry.reach.because}: the port is published on 127.0.0.1 (loopback)`,
        ),
      );
  },
  fix: (finding) => {
    const port = finding.says.match(/:(\d+) refuses/)?.[1] ?? "9100";
    return byHand(
      `Publish the port on the address Prometheus uses: ports: ["HOST_IP:${port}:${port}"] (or "${port}:${port}"), recreate the container, and let only the Prometheus host in`,
      "In the compose file, then docker compose up -d",
    );
  },
});
