// A port published on 127.0.0.1 answers on the host itself and for nobody else.
import type { Fix } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import { addressOf } from "../../change-running.ts";
import { failedReaches, type ReachFacts, reachFacts, reachFinding } from "../../failed-reach.ts";

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
  fix: (finding, facts, stack) => {
    const port = finding.says.match(/:(\d+) refuses/)?.[1] ?? "9100";
    const again = remake(finding.says, facts, stack);
    if (again) return again;
    return byHand(
      `Publish the port on the address Prometheus uses: ports: ["HOST_IP:${port}:${port}"] (or "${port}:${port}"), recreate the container, and let only the Prometheus host in`,
      "In the compose file, then docker compose up -d",
    );
  },
});

/** Where the running container and the one address of its host are known, the container can be made again by itself. */
function remake(says: string, facts: ReachFacts, stack: Stack): Fix | undefined {
  const entry = failedReaches(facts, stack).find(
    ({ dial, isItsHost, reach }) =>
      isItsHost &&
      reach.mechanism === "published-on-loopback" &&
      says.startsWith(`${dial.targetHost}:${dial.targetPort} `),
  );
  if (!entry?.host) return undefined;
  const { dial, host, network } = entry;
  const container = network.containers.find(
    ({ origin, ports }) =>
      origin === "running" && ports?.some(({ hostPort }) => hostPort === dial.targetPort),
  );
  const bindings = container?.ports?.filter(({ hostPort }) => hostPort === dial.targetPort) ?? [];
  const [binding] = bindings;
  const address = addressOf(host, dial.targetHost, facts);
  if (!container || !binding || bindings.length > 1 || binding.hostIP !== "127.0.0.1" || !address)
    return undefined;
  const key = `/HostConfig/PortBindings/${binding.containerPort}~1${binding.protocol}/0`;
  return {
    summary: `Publish port ${dial.targetPort} of ${container.name} on ${address}, the address it is scraped at; let only Prometheus in where a firewall is used`,
    risk: "disruptive",
    steps: [
      {
        do: "recreate-container",
        title: `Publish ${container.name} on ${address}:${dial.targetPort} instead of 127.0.0.1`,
        host,
        name: container.name,
        patch: [
          { op: "test", path: `${key}/HostPort`, value: String(dial.targetPort) },
          { op: "test", path: `${key}/HostIp`, value: "127.0.0.1" },
          { op: "replace", path: `${key}/HostIp`, value: address },
        ],
      },
    ],
  };
}
