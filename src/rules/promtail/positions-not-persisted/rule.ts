// The agent forgets how far it had read.

import type { FindingDraft } from "../../../model/finding.ts";
import type { Step } from "../../../model/plan.ts";
import type { Component } from "../../../model/stack.ts";
import { editStep, filesOf, ownerOf, repair } from "../../change-configuration.ts";
import { type ContainerFacts, changeService, servicesOf } from "../../change-container.ts";
import { lostPositions } from "../../lost-positions.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/positions-not-persisted",
  title: "The agent's positions file is not on a volume: after each restart it reads all logs again",
  why: "Promtail keeps in positions.filename how far it has read. Inside the container that file is lost with it; the agent then sends every file from its beginning, which gives duplicates and a burst of 400 entry too far behind or timestamp too old.",
  severity: "warning",
  component: "promtail",
  layer: "storage",
  nature: "cause",
  effect: "none",
  from: ["promtail", "alloy"],
  texts: ["Starting Promtail"],
  uses: ["kubernetes.objects", "config.documents", "docker.containers"],
  unconfirmed: "silent",
  confirm(hit, facts) {
    const lost = hit.component ? lostPositions(hit.component, facts) : undefined;
    const start = Math.max(...hit.lines.map(({ index }) => index));
    const burst = facts["text.lines"].find(
      (line) =>
        line.streamId === hit.line.streamId &&
        line.index > start &&
        /entry too far behind|timestamp too old|too far behind/i.test(line.text),
    );
    if (!lost || !burst) return {};
    return {
      holds: true,
      proof: [lost.at, { ...burst.at, excerpt: burst.text }],
      says: `Right after its start the agent is refused old entries: ${lost.path} is not on a volume, so it has read all logs from the beginning`,
    };
  },
  says: () => "The positions file is not on a volume",
  fromFiles: (facts, stack) =>
    stack.components.flatMap((component): FindingDraft[] => {
      const lost = component.kind === "promtail" ? lostPositions(component, facts) : undefined;
      if (!lost) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `The positions file ${lost.path} of ${component.name} is on no volume: a new container reads all logs again and sends duplicates`,
          proof: [lost.at],
          certainty: "proven",
          severity: "notice",
        },
      ];
    }),
  decideWith: "docker inspect -f '{{json .Mounts}}' PROMTAIL; grep -A1 positions promtail.yaml",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/configuration/#positions"],
  fix: (finding, facts, stack) =>
    repair("Keep the positions on a volume", "disruptive", keepPositions(ownerOf(finding, stack), facts)) ?? {
      summary:
        "Put positions.filename on a volume, for example /var/lib/promtail/positions.yaml with a volume mounted on /var/lib/promtail",
      risk: "safe",
      steps: [{ do: "by-hand", title: `Mount a volume for the positions of ${finding.subject.id}` }],
    },
});

const folder = "/var/lib/promtail";

function keepPositions(component: Component | undefined, facts: ContainerFacts): readonly Step[] {
  const [service] = servicesOf(component?.docker, facts);
  const [doc, other] = filesOf(facts, "promtail");
  if (!service || !doc || other) return [];
  return [
    editStep(doc, "Keep the positions below the volume", [
      { op: "set", path: ["positions", "filename"], value: `${folder}/positions.yaml` },
    ]),
    editStep(service.doc, "Declare the volume", [
      { op: "set", path: ["volumes", "promtail-positions"], value: {} },
    ]),
    ...changeService(service, "Mount the volume", [
      { op: "append", path: ["volumes"], value: `promtail-positions:${folder}` },
    ]),
  ];
}
