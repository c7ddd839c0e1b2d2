// A container on a bridge network without a published port is invisible from outside its host.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { type ContainerFacts, changeService, servicesOf } from "../../change-container.ts";
import { addressOf, remake } from "../../change-running.ts";
import { failedReaches, type ReachFacts, reachFacts, reachFinding } from "../../failed-reach.ts";

export const rule = defineRule({
  id: "docker/port-not-published",
  title:
    "The exporter runs in a bridge network and its port is not published on the host, so nobody outside can connect",
  why: "A bridge network exists only inside one host. `9100/tcp` in docker ps without `0.0.0.0:9100->` means exposed, not published: the host itself does not listen on the port and refuses. Publish the port, or run the exporter with network_mode: host.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["host.dials"],
  uses: [...reachFacts, "config.documents", "kubernetes.objects"],
  rivals: [
    { rule: "docker/published-on-loopback", tellApart: "there docker ps shows 127.0.0.1:9100->9100/tcp" },
    { rule: "host/nothing-listens", tellApart: "there no container serves the port at all" },
  ],
  decideWith: "docker ps --format '{{.Names}} {{.Ports}}'; ss -ltn",
  references: [
    "https://docs.docker.com/engine/network/drivers/bridge/",
    "https://github.com/stefanprodan/dockprom/issues/52",
  ],
  check(facts, stack) {
    return failedReaches(facts, stack)
      .filter((entry) => entry.reach.mechanism === "bridge-unpublished")
      .map((entry) =>
        reachFinding(
          entry,
          stack,
          `${entry.dial.targetHost}:${entry.dial.targetPort} refuses: ${entry.reach.because}`,
        ),
      );
  },
  fix(finding, facts, stack) {
    const repaired = repair(
      "Publish the port on the address that is scraped; let only Prometheus in where a firewall is used",
      "disruptive",
      [...publishRunning(finding, facts, stack), ...publish(finding, facts)],
    );
    if (repaired) return repaired;
    const port = finding.says.match(/:(\d+) refuses/)?.[1] ?? "9100";
    return byHand(
      `Publish the port, ports: ["${port}:${port}"] (docker run -p ${port}:${port}), or use network_mode: host for node-exporter; then allow only the Prometheus host in the firewall`,
      "In the compose file of that machine, then docker compose up -d",
    );
  },
});

/** On the one address that was dialled, never on all. */
function publish(
  { says }: FindingDraft,
  facts: ContainerFacts & Pick<Facts, "docker.containers">,
): readonly Step[] {
  const [, address, port] = /^(\d+\.\d+\.\d+\.\d+):(\d+) refuses/.exec(says) ?? [];
  const [, name] = /container (\S+) serves port/.exec(says) ?? [];
  if (address === undefined) return [];
  const container = facts["docker.containers"].find((one) => one.name === name);
  const entry = `${address}:${port}:${port}`;
  return servicesOf(container, facts).flatMap((service) =>
    changeService(service, `Publish ${entry}`, [
      Array.isArray(service.value.ports)
        ? { op: "append", path: ["ports"], value: entry }
        : { op: "set", path: ["ports"], value: [entry] },
    ]),
  );
}

/** The running container, made again with the port on the address of its host that was dialled. */
function publishRunning({ says }: FindingDraft, facts: ReachFacts, stack: Stack): readonly Step[] {
  const entry = failedReaches(facts, stack).find(
    ({ dial, isItsHost, reach }) =>
      isItsHost &&
      reach.mechanism === "bridge-unpublished" &&
      says.startsWith(`${dial.targetHost}:${dial.targetPort} refuses`),
  );
  const [, name] = /container (\S+) serves port/.exec(says) ?? [];
  const container = entry?.network.containers.find((one) => one.origin === "running" && one.name === name);
  if (!entry?.host || !container) return [];
  const { targetHost, targetPort } = entry.dial;
  const address = addressOf(entry.host, targetHost, facts);
  // Whoever publishes it nowhere yet; a port that is published under another number is somebody's choice.
  if (address === undefined || container.ports?.some(({ hostPort }) => hostPort !== undefined)) return [];
  return remake(
    container,
    `Publish ${container.name} on ${address}:${targetPort}`,
    { HostConfig: { PortBindings: {} } },
    [
      {
        op: "set",
        path: ["HostConfig", "PortBindings", `${targetPort}/tcp`],
        value: [{ HostIp: address, HostPort: String(targetPort) }],
      },
    ],
  );
}
