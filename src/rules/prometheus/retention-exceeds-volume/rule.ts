// Retention by size that leaves no room, judged from the claim and the flag.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { parseBytes } from "../../../stack/quantity.ts";

/** docs/storage.md recommends to set the size limit to 80-85 % of the volume. */
const safeShare = 0.85;

export const rule = defineRule({
  id: "prometheus/retention-exceeds-volume",
  title:
    "Prometheus' size retention is as large as its volume, so the volume fills before anything is deleted",
  why: "Only blocks are deleted for retention. WAL and head chunks count but are never trimmed, and compaction needs room for a moment. A limit above about 85 % of the volume cannot protect it.",
  severity: "warning",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: ["kubernetes.claims"],
  decideWith: "kubectl -n NAMESPACE get pvc; kubectl -n NAMESPACE get pod POD -o yaml | grep retention",
  references: ["https://prometheus.io/docs/prometheus/latest/storage/#right-sizing-retention-size"],
  explains: [
    {
      rule: "prometheus/volume-full",
      via: "same-component",
      mechanism: "blocks may grow to the size of the volume, and WAL and compaction come on top",
    },
  ],
  check({ "kubernetes.claims": claims }, stack) {
    const findings: FindingDraft[] = [];
    for (const component of stack.components.filter((candidate) => candidate.kind === "prometheus")) {
      const flag = component.args.find((arg) => arg.text.startsWith("--storage.tsdb.retention.size="));
      const limit = flag ? parseBytes(flag.text.split("=")[1] ?? "") : undefined;
      const claim = claims.find(
        (candidate) =>
          /prometheus|storage|data/.test(candidate.name) &&
          candidate.name.includes(component.name) &&
          candidate.namespace === component.namespace,
      );
      const size = claim?.capacity ? parseBytes(claim.capacity) : undefined;
      if (!flag || !claim || limit === undefined || size === undefined || limit <= size * safeShare) continue;
      findings.push({
        subject: { kind: "component", id: component.id },
        component: component.id,
        says: `${flag.text} on a volume of ${claim.capacity}: WAL, head chunks and compaction need room too; at most ${Math.floor((size * 0.8) / 1024 ** 2)}MB would be safe`,
        proof: [flag.at, claim.at],
        certainty: "proven",
      });
    }
    return findings;
  },
});
