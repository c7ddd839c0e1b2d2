// The Loki chart wants to know the buckets and is told none.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/chart-bucket-names-missing",
  title:
    "The Loki chart is not installed: loki.storage.bucketNames is missing, which object storage (the chart's default type s3) needs",
  why: "Since version 6 the chart has no default bucket names. With loki.storage.type s3, gcs, azure or swift it demands bucketNames.chunks and .ruler; a single binary on a disk must set loki.storage.type: filesystem. The error of the template ends helm before anything is changed.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: ["Please define loki.storage.bucketNames.{name}", "loki.storage.bucketNames.{name} is required"],
  says: ({ captures }) =>
    `The values set no loki.storage.bucketNames.${captures.name ?? "chunks"}: name the buckets, or set loki.storage.type: filesystem for a single binary`,
  rivals: [
    { rule: "loki/chart-modes-mixed", tellApart: "there the replicas of two modes contradict each other" },
  ],
  decideWith: "helm get values RELEASE | grep -A6 storage",
  references: ["https://grafana.com/docs/loki/latest/setup/install/helm/reference/"],
  fix: () =>
    byHand(
      "loki.storage.bucketNames: {chunks: NAME, ruler: NAME, admin: NAME} (or loki.storage.type: filesystem with deploymentMode: SingleBinary), then helm upgrade",
      "In values.yaml",
      undefined,
      "safe",
    ),
});
