// A name of a container is known only to containers of the same user-defined network.
import type { ConfigDocument } from "../../../model/config.ts";
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Dial } from "../../../model/host.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component, Stack } from "../../../model/stack.ts";
import type { TextLine } from "../../../model/text.ts";
import { isOnDefaultBridge, networkNames, shareNetwork } from "../../../stack/docker-networks.ts";
import { kindOfName } from "../../../stack/identify.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "docker/no-shared-network",
  title: "A container does not know the other one's name: the two have no Docker network in common",
  why: "Docker's name server (127.0.0.11) answers with containers of the networks the asking container is on. Every compose project has a default network of its own, docker run without --network uses the default bridge, which has no names at all, and a container in host network mode is on none. The name is unknown there (no such host, server misbehaving), although both run.",
  severity: "critical",
  component: "docker",
  layer: "dns",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["docker.containers"],
  needsAny: ["host.dials", "text.lines"],
  uses: ["config.documents"],
  // Prometheus' DNS discovery, `tasks.NAME` of Swarm among its names.
  texts: ['could not resolve "{name}"'],
  rivals: [
    { rule: "docker/container-restarting", tellApart: "a container that does not run has no name either" },
    { rule: "docker/resolver-unreachable", tellApart: "there every name fails, also those of the internet" },
  ],
  decideWith:
    "docker inspect -f '{{.Name}} {{.HostConfig.NetworkMode}} {{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}' $(docker ps -q)",
  references: [
    "https://docs.docker.com/engine/network/drivers/bridge/#differences-between-user-defined-bridges-and-the-default-bridge",
    "https://docs.docker.com/compose/how-tos/networking/",
  ],
  check(facts, stack) {
    const { "docker.containers": containers, "config.documents": documents } = facts;
    const found = new Map<string, FindingDraft>();
    for (const dial of [...facts["host.dials"], ...discoveries(facts["text.lines"])]) {
      const name = dial.targetHost?.toLowerCase();
      if (!name || !isUnknownName(dial, name)) continue;
      const client = clientOf(dial, stack);
      if (!client?.docker || stack.components.some((component) => component.host === name)) continue;
      const key = `${client.id} ${name}`;
      const server = serverOf(name, client.docker, containers);
      const why = reason(client.docker, name, server, documents);
      if (found.has(key) || !why) continue;
      const peer = stack.components.find((entry) => server !== undefined && entry.docker === server);
      found.set(key, {
        subject: { kind: "link", id: `${client.id} → ${name}` },
        ...(peer ? { component: peer.id } : {}),
        says: `${client.name} asks for ${name} and is told that the name does not exist: ${why.says}`,
        proof: [
          { ...dial.at },
          client.docker.fieldsAt?.networks ?? client.docker.fieldsAt?.networkMode ?? client.docker.at,
          ...(server ? [server.fieldsAt?.networks ?? server.fieldsAt?.networkMode ?? server.at] : []),
        ],
        certainty: why.certainty,
        concerns: [name, ...(peer ? [peer.id] : [])],
        ...(dial.timeMs === undefined ? {} : { timeMs: dial.timeMs }),
      });
    }
    return [...found.values()];
  },
  fix: (finding) =>
    finding.says.includes("network_mode: host") || finding.says.includes("host's network")
      ? byHand(
          "Take network_mode: host away and join both services to one network; where the host's network is needed, address the container by 127.0.0.1 and its published port (from a container: host.docker.internal with extra_hosts host-gateway)",
          "In the compose file, then docker compose up -d",
        )
      : byHand(
          "Join both containers to one network: docker network create monitoring, then in both compose files networks: {default: {name: monitoring, external: true}} (docker run: --network monitoring)",
          "In the compose files, then docker compose up -d; at once, until the next re-creation:",
          "docker network connect NETWORK CONTAINER",
        ),
});

/** Names that Prometheus' DNS discovery did not find, as if they had been dialled. */
function discoveries(lines: readonly TextLine[]): readonly Dial[] {
  return lines.flatMap(({ text, at, host, container, timeMs }) => {
    const name = /could not resolve \\?"(?:tasks\.)?([\w-]+)\\?"/.exec(text)?.[1];
    if (name === undefined || !/dns|discovery/i.test(text)) return [];
    return [
      {
        at,
        tool: "log" as const,
        target: name,
        targetHost: name,
        outcome: "nxdomain" as const,
        fromComponent: "prometheus" as const,
        ...(host === undefined ? {} : { fromHost: host }),
        ...(container === undefined ? {} : { fromContainer: container }),
        ...(timeMs === undefined ? {} : { timeMs }),
      },
    ];
  });
}

/** A single word, which only Docker's own name server can know. */
function isUnknownName(dial: Dial, name: string): boolean {
  if (dial.outcome !== "nxdomain" && dial.outcome !== "dns-failure") return false;
  return /^[a-z0-9][\w-]*$/.test(name) && !/^\d+$/.test(name) && name !== "localhost" && !isTimeout(dial);
}

/** The name server itself did not answer: another matter. */
function isTimeout({ error }: Dial): boolean {
  return /i\/o timeout|connection refused|Temporary failure|try again/i.test(error ?? "");
}

function clientOf(dial: Dial, stack: Stack): Component | undefined {
  const inDocker = stack.components.filter((component) => component.docker !== undefined);
  const named = inDocker.find(
    ({ docker, host }) =>
      (docker?.name === dial.fromContainer || docker?.service === dial.fromContainer) &&
      (!host || !dial.fromHost || host === dial.fromHost),
  );
  if (dial.fromContainer !== undefined && named) return named;
  const ofKind = inDocker.filter(
    ({ kind, host }) => kind === dial.fromComponent && (!host || !dial.fromHost || host === dial.fromHost),
  );
  return ofKind.length === 1 ? ofKind[0] : undefined;
}

function serverOf(
  name: string,
  client: DockerContainer,
  containers: readonly DockerContainer[],
): DockerContainer | undefined {
  const answering = containers.filter(
    (container) =>
      container !== client &&
      [
        container.name,
        container.service,
        ...(container.networks ?? []).flatMap(({ aliases }) => aliases ?? []),
      ].some((own) => own?.toLowerCase() === name),
  );
  return answering.find(isUp) ?? answering[0];
}

function isUp({ state, statusText }: DockerContainer): boolean {
  return !/^(?:exited|dead|created|restarting)/i.test(statusText ?? state ?? "running");
}

function reason(
  client: DockerContainer,
  name: string,
  server: DockerContainer | undefined,
  documents: readonly ConfigDocument[],
): { says: string; certainty: "proven" | "likely" } | undefined {
  if (server && !isUp(server)) return undefined;
  if (server && server.host !== undefined && client.host !== undefined && server.host !== client.host)
    return undefined;
  const isKnown = server !== undefined || kindOfName(name) !== undefined;
  const certainty = server ? "proven" : "likely";
  if (client.networkMode === "host" && isKnown)
    return {
      says: `${client.name} runs in the host's network (network_mode: host), where Docker's container names do not exist`,
      certainty,
    };
  if (server?.networkMode === "host")
    return {
      says: `${server.name} runs with network_mode: host and is on no Docker network, so it has no name there`,
      certainty: "proven",
    };
  if (isOnDefaultBridge(client) && isKnown)
    return {
      says: `${client.name} is on Docker's default bridge only (docker run without --network), which has no name service`,
      certainty,
    };
  if (!server || shareNetwork(client, server, documents) !== false) return undefined;
  const list = (container: DockerContainer) => networkNames(container, documents).join(", ");
  return {
    says: `${client.name} is on ${list(client)}, ${server.name} on ${list(server)}: no network in common`,
    certainty: "proven",
  };
}
