// Thanos needs external labels to tell one Prometheus from another.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { placeOf, valueAt } from "../../../stack/config-value.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "no external labels configured on Prometheus server",
  "external labels must be configured",
  "no external labels found on Prometheus server",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "prometheus/external-labels-missing",
  title: "Prometheus has no external_labels, so its Thanos sidecar refuses to start",
  why: "The sidecar uploads blocks under the external labels of Prometheus; without them blocks of several servers could not be told apart. It ends with `no external labels configured`, and the pod counts as not ready although Prometheus itself runs.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "not-ready",
  needs: ["text.lines"],
  uses: ["config.documents"],
  texts,
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/status/config | grep -A4 external_labels",
  references: ["https://thanos.io/tip/thanos/storage.md/#external-labels"],
  check({ "text.lines": lines, "config.documents": documents }, stack) {
    const line = lines.findLast((entry) => matches(patterns, entry));
    if (!line) return [];
    const doc = documents.find(
      ({ kind, value }) => kind === "prometheus" && valueAt(value, "global") !== undefined,
    );
    if (doc && valueAt(doc.value, "global", "external_labels") !== undefined) return [];
    const owner = stack.components.find(({ kind }) => kind === "prometheus");
    const finding: FindingDraft = {
      subject: { kind: "component", id: owner?.id ?? "prometheus" },
      ...(owner ? { component: owner.id } : {}),
      says: "The Thanos sidecar ends because Prometheus has no global.external_labels: set external_labels (cluster, replica) that are unique per server",
      proof: [{ ...line.at, excerpt: line.text }, ...(doc ? [placeOf(doc, "global")] : [])],
      certainty: doc ? "proven" : "likely",
      concerns: stack.components.filter(({ kind }) => kind === "thanos").map(({ id }) => id),
    };
    return [finding];
  },
  fix: () =>
    byHand(
      "Set global.external_labels: {cluster: NAME, replica: NAME-0} (operator: spec.externalLabels; the operator adds prometheus and prometheus_replica), then reload Prometheus and restart the sidecar",
      "In prometheus.yml",
    ),
});
