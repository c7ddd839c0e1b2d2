// A filter for running containers makes Alloy forget how far it had read.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readAlloyConfig } from "../../../stack/alloy-config.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "alloy/stopped-containers-forgotten",
  title:
    "Alloy discovers only running containers, so a stopped and started container's whole log is sent again",
  why: "loki.source.docker drops the read position of a container that leaves discovery. With a filter status=running every docker stop takes it out, and the next start sends the log from its beginning: duplicates, or `entry too far behind`.",
  severity: "notice",
  component: "alloy",
  layer: "ingestion",
  nature: "habit",
  effect: "none",
  needs: ["config.documents"],
  decideWith: "grep -n -A4 'filter {' /etc/alloy/*.alloy",
  references: [
    "https://github.com/grafana/alloy/issues/7036",
    "https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.docker/",
  ],
  check({ "config.documents": documents }) {
    return documents.flatMap((document): FindingDraft[] => {
      if (document.kind !== "alloy" || document.value === undefined) return [];
      const { components } = readAlloyConfig(document);
      if (!components.some(({ name }) => name === "loki.source.docker")) return [];
      const discovery = components.find(
        ({ name, value }) =>
          name === "discovery.docker" &&
          /"status".{0,80}"running"/.test(JSON.stringify(value).slice(0, 10_000)),
      );
      if (!discovery) return [];
      return [
        {
          subject: { kind: "component", id: discovery.id },
          says: `${discovery.id} filters status = running, and loki.source.docker forgets its position when a container leaves discovery: after docker stop and start the whole log is sent again`,
          proof: [discovery.at],
          certainty: "likely",
        },
      ];
    });
  },
  fix: () => byHand("Remove the filter on status", "In discovery.docker", undefined, "safe"),
});
