// loki.source.docker attaches to running containers: one that dies at once has said its last words before.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readAlloyConfig } from "../../../stack/alloy-config.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "alloy/short-lived-containers-unseen",
  title:
    "Alloy reads container logs through loki.source.docker only, so a container that dies at once leaves no logs in Loki",
  why: "loki.source.docker starts to read a container while it runs. A container that crash-loops, or a job that ends within a second, is gone before the next look of the discovery: its last words, the ones that matter, never reach Loki. Reading the engine's files (json-file) or the journal has no such gap.",
  severity: "notice",
  component: "alloy",
  layer: "ingestion",
  nature: "habit",
  effect: "none",
  needs: ["config.documents", "docker.containers"],
  decideWith: "docker ps -a; docker logs CONTAINER   # and the same container in Loki",
  references: [
    "https://github.com/grafana/alloy/issues/3408",
    "https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.docker/",
  ],
  check({ "docker.containers": containers }, stack) {
    return stack.components.flatMap((component): FindingDraft[] => {
      if (component.kind !== "alloy") return [];
      const configs = component.configs.filter(({ kind }) => kind === "alloy").map(readAlloyConfig);
      const sources = configs.flatMap((config) => config.sources);
      const reader = sources.find(({ name }) => name === "loki.source.docker");
      if (!reader || sources.some(({ name }) => /^loki\.source\.(?:journal|file)$/.test(name))) return [];
      const dying = containers.find(
        ({ host, origin, state, statusText, restartCount }) =>
          origin === "running" &&
          (host === undefined || component.host === undefined || host === component.host) &&
          (/^restarting/i.test(state ?? statusText ?? "") || (restartCount ?? 0) > 3),
      );
      if (!dying) return [];
      return [
        {
          subject: { kind: "component", id: component.id },
          component: component.id,
          says: `Container ${dying.name} keeps restarting, and ${reader.id} reads only containers that run: what it says before it dies may be missing in Loki; look with docker logs ${dying.name}`,
          proof: [reader.at, dying.at],
          certainty: "likely",
          decideWith: `docker logs --tail 50 ${dying.name}`,
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Read the engine's files or the journal for such containers: loki.source.file on /var/lib/docker/containers/*/*-json.log, or the journald log driver with loki.source.journal",
      "In the Alloy configuration",
      undefined,
      "safe",
    ),
});
