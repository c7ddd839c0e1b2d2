// ports: beside network_mode: host.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { argumentEdits, type ContainerFacts, changeService, servicesOf } from "../../change-container.ts";
import { matches } from "../../line-match.ts";

const texts = [
  '"host" network_mode is incompatible with port_bindings',
  "conflicting options: port publishing and the container type network mode",
  "Published ports are discarded when using host network mode",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "docker/host-network-with-ports",
  title:
    "A service has both network_mode: host and ports:, and published ports have no meaning on the host network",
  why: "On the host network a program's own ports are the host's. Old compose (1.x) refuses the combination; newer ones discard the mapping with a warning, so that a port mapped to another number is not there.",
  severity: "warning",
  component: "docker",
  layer: "config",
  nature: "cause",
  effect: "unreachable",
  phase: "exec",
  needs: [],
  needsAny: ["text.lines", "docker.containers"],
  uses: ["config.documents", "kubernetes.objects"],
  texts,
  decideWith: "docker compose config",
  references: [
    "https://docs.docker.com/engine/network/drivers/host/",
    "https://github.com/maxandersen/internet-monitoring/issues/13",
  ],
  check(facts) {
    const refusal = facts["text.lines"].findLast(
      (line) => matches(patterns, line) && !/discarded/.test(line.text),
    );
    const wanted = facts["docker.containers"].filter(
      (container) =>
        container.networkMode === "host" &&
        (container.ports?.some((port) => port.hostPort !== undefined) ?? false),
    );
    const moved = wanted.flatMap((container) =>
      (container.ports ?? [])
        .filter((port) => port.hostPort !== undefined && port.hostPort !== port.containerPort)
        .map((port) => ({ container, port })),
    );
    const findings: FindingDraft[] = moved.map(({ container, port }) => ({
      subject: { kind: "component", id: container.name },
      says: `${container.name} has network_mode: host, so its mapping ${port.hostPort}:${port.containerPort} is discarded: the program listens on ${port.containerPort}, not on ${port.hostPort}`,
      proof: [port.at, container.fieldsAt?.networkMode ?? container.at],
      certainty: "proven",
    }));
    if (findings.length > 0 || !refusal) return findings;
    const [container] = wanted;
    return [
      {
        subject: { kind: "component", id: container?.name ?? "container" },
        severity: "critical",
        says: `${container?.name ?? "A service"} has network_mode: host and ports: together, which is refused (incompatible with port_bindings): remove ports:`,
        proof: [
          { ...refusal.at, excerpt: refusal.text },
          ...(container ? [container.fieldsAt?.ports ?? container.at] : []),
        ],
        certainty: "proven",
      },
    ];
  },
  fix: (finding, facts) =>
    repair(
      "Take the ports away that the host's network makes meaningless",
      "disruptive",
      withoutPorts(finding, facts),
    ) ??
    byHand(
      "Delete ports: of that service (network_mode: host), and set another port by the program's own flag (--web.listen-address=:9101)",
      "In the compose file",
    ),
});

/** node-exporter gets the port that was meant by its own flag; another program's flag is not known here. */
function withoutPorts(
  { subject, says }: FindingDraft,
  facts: ContainerFacts & Pick<Facts, "docker.containers">,
): readonly Step[] {
  const container = facts["docker.containers"].find(({ name }) => name === subject.id);
  const [, meant] = /its mapping (\d+):\d+ is discarded/.exec(says) ?? [];
  const isExporter = /node[-_]exporter/.test(container?.image ?? "");
  if (meant !== undefined && !isExporter) return [];
  return servicesOf(container, facts).flatMap((service) =>
    changeService(service, "Take ports: away", [
      ...(meant === undefined
        ? []
        : argumentEdits(service.value, ["command"], {
            add: [`--web.listen-address=:${meant}`],
            mayBegin: true,
          })),
      { op: "remove", path: ["ports"] },
    ]),
  );
}
