// The docker stage on a containerd node.

import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { repair } from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

const texts = ["JSONParserErr", " stdout F ", " stderr F "];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "promtail/cri-prefix-not-stripped",
  title: "The pipeline parses containerd logs with the docker stage, so the CRI prefix stays in every line",
  why: "containerd and CRI-O write `TIME stdout F text`; Docker wrote JSON. With `docker: {}` (or no stage) on a containerd node every line keeps the prefix and labels from JSON are missing.",
  severity: "warning",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects", "kubernetes.nodes", "text.lines"],
  texts,
  decideWith: "kubectl get nodes -o wide   # CONTAINER-RUNTIME",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/stages/cri/"],
  check({ "config.documents": documents, "kubernetes.nodes": nodes, "text.lines": lines }) {
    const runtime = nodes.find((node) => /containerd|cri-o/i.test(node.runtime ?? ""));
    const raw = lines.find(
      (line) =>
        matches(patterns, line) &&
        /\d{4}-\d\d-\d\dT[\d:.]+\S* std(out|err) [FP] |JSONParserErr/.test(line.text) &&
        line.stream !== "log",
    );
    const findings: FindingDraft[] = [];
    for (const document of documents.filter((candidate) => candidate.kind === "promtail")) {
      const at = document.text.split("\n").findIndex((line) => /^\s*-\s*docker:\s*(\{\s*\})?\s*$/.test(line));
      const usesCri = /^\s*-\s*cri:/m.test(document.text);
      if (at < 0 || usesCri || (!runtime && !raw)) continue;
      findings.push({
        subject: { kind: "file", id: document.embeddedIn?.key ?? document.at.source },
        says: `pipeline_stages use docker: {} while the nodes run ${runtime?.runtime ?? "a CRI runtime"}: use cri: {}`,
        proof: [
          { source: document.at.source, line: (document.at.line ?? 1) + at },
          ...(runtime ? [runtime.at] : []),
          ...(raw ? [{ ...raw.at, excerpt: raw.text }] : []),
        ],
        certainty: "proven",
      });
    }
    return findings;
  },
  fix: (finding, facts) =>
    repair(
      "Strip the prefix that the node's runtime writes",
      "safe",
      finding.proof.slice(0, 1).flatMap(({ source, line }): Step[] => {
        const doc = facts["config.documents"].find(
          (one) => one.kind === "promtail" && one.origin === "file" && one.at.source === source,
        );
        const text = doc?.text.split("\n")[(line ?? 0) - (doc.at.line ?? 1)];
        if (line === undefined || text === undefined || !/\bdocker:/.test(text)) return [];
        return [
          {
            do: "replace-lines",
            title: "Use the stage cri",
            file: { source, line },
            from: line,
            to: line,
            expect: text,
            replacement: text.replace(/\bdocker:/, "cri:"),
          },
        ];
      }),
    ) ?? {
      summary: "Replace `- docker: {}` by `- cri: {}` (Alloy: stage.cri {})",
      risk: "safe",
      steps: [{ do: "by-hand", title: "In pipeline_stages", command: "- cri: {}" }],
    },
});
