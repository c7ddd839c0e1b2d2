// The same container logs through two jobs: every line is stored twice.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readPromtailConfig } from "../../../stack/promtail-config.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "promtail/logs-collected-twice",
  title:
    "Two jobs of the agent read the same container logs, so every line is stored twice under different labels",
  why: "docker_sd_configs reads the logs of all containers it finds from the engine; a second job with __path__ /var/lib/docker/containers reads the same lines from the files. Their labels differ, so Loki keeps both, and counts in dashboards and alerts double.",
  severity: "notice",
  component: "promtail",
  layer: "ingestion",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  decideWith: 'logcli query \'{job=~".+"} |= "A LINE SEEN ONCE"\'',
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/configuration/#docker_sd_configs"],
  check({ "config.documents": documents }) {
    return documents.flatMap((document): FindingDraft[] => {
      if (document.kind !== "promtail" || document.value === undefined) return [];
      const { jobs } = readPromtailConfig(document);
      const byFile = jobs.filter(({ paths }) =>
        paths.some(({ value }) => /\/docker\/containers\/\*/.test(value)),
      );
      const byEngine = jobs.find(({ sources }) => sources.some((source) => source.startsWith("docker")));
      const [first, second] = byFile;
      const other = byEngine ?? second;
      if (!first || !other || first === other) return [];
      return [
        {
          subject: { kind: "file", id: document.embeddedIn?.key ?? document.path ?? document.at.source },
          says: `Jobs ${first.name?.value ?? "?"} (${first.paths[0]?.value}) and ${other.name?.value ?? "?"}${byEngine ? " (docker_sd_configs)" : ` (${other.paths[0]?.value})`} read the same container logs: every line is stored twice`,
          proof: [first.at, other.at],
          certainty: byEngine ? "likely" : "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Keep one of the two: discovery by the engine gives names and labels, the files survive a restart of the agent",
      "In scrape_configs",
      undefined,
      "safe",
    ),
});
