// Log queries in a rule file of Prometheus: they belong to Loki's ruler.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { matchesGlob } from "../../../stack/glob.ts";
import { looksLikeLogql } from "../../../stack/logql-signs.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { readRules } from "../../../stack/rule-groups.ts";

export const rule = defineRule({
  id: "prometheus/alert-rule-is-logql",
  title: "A Prometheus rule file holds LogQL (a log query), which Prometheus cannot parse",
  why: "Filters such as |= and parsers such as | json exist only in LogQL. Prometheus rejects the whole rule file: at start it ends, at a reload it keeps the old rules. Rules over logs belong into Loki's ruler, in a folder per tenant.",
  severity: "critical",
  component: "prometheus",
  layer: "rules",
  nature: "cause",
  effect: "down",
  phase: "rules",
  needs: ["config.documents"],
  decideWith: "promtool check rules FILE",
  references: ["https://grafana.com/docs/loki/latest/alert/"],
  check({ "config.documents": documents }, stack) {
    const patterns = documents
      .filter(({ kind, value }) => kind === "prometheus" && value !== undefined)
      .flatMap((doc) => readPrometheusConfig(doc).ruleFiles.map(({ value }) => value));
    return documents.flatMap((doc): FindingDraft[] => {
      if (doc.kind !== "prometheus-rules" && doc.kind !== "loki-rules") return [];
      const file = doc.embeddedIn?.key ?? doc.path ?? doc.at.source;
      const steps = (text: string) => text.split("/").slice(-2).join("/");
      const isLoaded = patterns.some(
        (pattern) => matchesGlob(pattern, file) || matchesGlob(steps(pattern), steps(file)),
      );
      const isOwn = isLoaded || /(?:^|\/)prometheus[^/]*\/(?:.{0,80}\/)?(?:rules|alerts)/.test(file);
      if (doc.kind === "loki-rules" && (!isOwn || /loki/.test(file))) return [];
      const wrong = readRules(doc).filter(({ expr }) => expr && looksLikeLogql(expr.value));
      const [first] = wrong;
      if (!first?.expr) return [];
      const owner = stack.components.find(
        ({ kind, configs }) => kind === "prometheus" && configs.includes(doc),
      );
      return [
        {
          subject: { kind: "file", id: file },
          ...(owner ? { component: owner.id } : {}),
          says: `${file}: ${wrong.length === 1 ? `rule ${first.name} is` : `${wrong.length} rules (${first.name}, …) are`} written in LogQL (${first.expr.value.replace(/\s+/g, " ").slice(0, 100)}); Prometheus cannot parse it and rejects the whole file: move it to Loki's ruler`,
          proof: wrong.slice(0, 3).flatMap(({ expr }) => (expr ? [expr.at] : [])),
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) => ({
    summary: `Move the log rules out of ${finding.subject.id} into the rules folder of Loki's ruler (/loki/rules/<tenant>/)`,
    risk: "safe",
    steps: [{ do: "by-hand", title: "Move the rules", command: "promtool check rules FILE" }],
  }),
});
