// host.docker.internal is a name of Docker Desktop; on Linux it must be added.
import type { DockerContainer } from "../../../model/docker.ts";
import { isRecord } from "../../../model/json-value.ts";
import type { DocumentEdit } from "../../../model/plan.ts";
import type { Stack } from "../../../model/stack.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { type ComposeService, changeService, servicesOf } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "docker/host-docker-internal-unknown",
  title:
    "host.docker.internal does not resolve: on a Linux engine the name exists only with extra_hosts host-gateway",
  why: 'Docker Desktop defines the name by itself, Docker Engine on Linux does not. Targets and data sources that worked on a laptop end with `no such host` on the server until the container gets `extra_hosts: ["host.docker.internal:host-gateway"]`.',
  severity: "critical",
  component: "docker",
  layer: "dns",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  from: "any",
  texts: [
    "lookup host.docker.internal…no such host",
    "host.docker.internal: Name or service not known",
    "could not resolve host: host.docker.internal",
    "bad address 'host.docker.internal",
    "host.docker.internal: Temporary failure in name resolution",
    "lookup host.docker.internal…server misbehaving",
  ],
  uses: ["config.documents", "kubernetes.objects", "docker.containers"],
  confirm: (hit, facts) => {
    const client =
      facts["docker.containers"].find((container) => container.name === hit.component?.docker?.name) ??
      hit.component?.docker;
    const has = client?.extraHosts?.some((entry) => entry.startsWith("host.docker.internal"));
    if (has) return { holds: false };
    return client ? { holds: true, proof: [client.at] } : { holds: true, certainty: "likely" };
  },
  says: ({ component, line }) =>
    `${component?.name ?? line.component ?? "The container"} asks for host.docker.internal, which a Linux engine does not define without extra_hosts: host.docker.internal:host-gateway`,
  subject: (hit) => ({
    kind: "link",
    id: `${hit.component?.id ?? hit.line.component ?? "container"} → host.docker.internal`,
  }),
  rivals: [
    { rule: "host/firewall-blocks-port", tellApart: "there the name resolves and the connection times out" },
  ],
  decideWith:
    "docker inspect -f '{{.HostConfig.ExtraHosts}}' CONTAINER; docker exec CONTAINER getent hosts host.docker.internal",
  references: ["https://docs.docker.com/reference/cli/docker/container/run/#add-host"],
  fix: (finding, facts, stack) =>
    repair(
      "Give the name of the host to the container",
      "disruptive",
      servicesOf(askingContainer(finding.subject.id, stack), facts).flatMap((service) =>
        changeService(service, "Define host.docker.internal", [hostEntry(service)]),
      ),
    ) ??
    byHand(
      'extra_hosts: ["host.docker.internal:host-gateway"] (docker run --add-host=host.docker.internal:host-gateway, Docker 20.10 or newer), then recreate the container',
      "In the compose file of the container that asks",
    ),
});

function askingContainer(link: string, stack: Stack): DockerContainer | undefined {
  const id = link.split(" → ")[0];
  return stack.components.find((component) => component.id === id)?.docker;
}

function hostEntry({ value }: ComposeService): DocumentEdit {
  if (isRecord(value.extra_hosts))
    return { op: "set", path: ["extra_hosts", "host.docker.internal"], value: "host-gateway" };
  const entry = "host.docker.internal:host-gateway";
  return Array.isArray(value.extra_hosts)
    ? { op: "append", path: ["extra_hosts"], value: entry }
    : { op: "set", path: ["extra_hosts"], value: [entry] };
}
