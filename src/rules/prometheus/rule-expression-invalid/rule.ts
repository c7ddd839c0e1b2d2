// A rule whose expression is not PromQL: the file is YAML, the query is not.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { componentOfLine } from "../../../stack/find.ts";
import { looksLikeLogql } from "../../../stack/logql-signs.ts";
import { readPromql } from "../../../stack/promql.ts";
import { capture, matches } from "../../line-match.ts";

const texts = [
  'group "{group}", rule {number#}, "{name}": could not parse expression: {error*}',
  "could not parse expression: {error*}",
  'group "{group}", rule {number#}…parse error at char {char#}: {error*}',
  "cannot unmarshal !!seq into rulefmt",
  "loading groups failed…parse error…{error*}",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "prometheus/rule-expression-invalid",
  title: "A rule file contains an expression that is not valid PromQL, so the rule groups are not loaded",
  why: "Every expression is parsed when the rules are loaded. One that does not parse rejects its whole file: at start Prometheus ends, at a reload it keeps the old rules. LogQL in a Prometheus rule file, an unrendered template and a missing bracket all look the same here.",
  severity: "critical",
  component: "prometheus",
  layer: "rules",
  nature: "cause",
  effect: "down",
  phase: "rules",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "promtool check rules FILE",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/",
    "https://prometheus.io/docs/prometheus/latest/querying/basics/",
  ],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const logged = lines.findLast(
      (line) =>
        line.component !== "loki" &&
        line.component !== "prometheus-operator" &&
        matches(patterns, line) &&
        !/Rules are not valid|admission webhook/.test(line.text),
    );
    const findings: FindingDraft[] = [];
    for (const document of documents.filter(
      (candidate) => candidate.kind === "prometheus-rules" && !candidate.parseError,
    )) {
      const owner = stack.components.find((component) => component.configs.includes(document));
      const groups = [...listAt(document.value, "groups"), ...listAt(document.value, "spec", "groups")];
      const base = listAt(document.value, "groups").length > 0 ? ["groups"] : ["spec", "groups"];
      groups.forEach((group, i) => {
        listAt(group, "rules").forEach((entry, j) => {
          const expr = textAt(entry, "expr");
          const error = expr === undefined ? undefined : readPromql(expr).error;
          // Told by prometheus/alert-rule-is-logql.
          if (!expr || !error || looksLikeLogql(expr)) return;
          const name = textAt(entry, "alert") ?? textAt(entry, "record") ?? `rule ${j}`;
          findings.push({
            subject: {
              kind: "file",
              id: `${document.embeddedIn?.key ?? document.path ?? document.at.source}: ${name}`,
            },
            ...(owner ? { component: owner.id } : {}),
            says: `Rule ${name} in group ${textAt(group, "name") ?? i}: ${error.message}: ${expr.replace(/\s+/g, " ").slice(0, 120)}`,
            proof: [
              placeOf(document, ...base, i, "rules", j, "expr"),
              ...(logged?.text.includes(name) ? [{ ...logged.at, excerpt: logged.text }] : []),
            ],
            certainty: "proven",
          });
        });
      });
    }
    if (findings.length > 0 || !logged) return findings;
    const { group, number, name, error } = capture(patterns, logged);
    const owner = componentOfLine(stack, logged);
    return [
      {
        subject: { kind: "file", id: `${name ?? group ?? "rules"}` },
        ...(owner ? { component: owner.id } : {}),
        says: `${name ? `Rule ${name}` : "A rule"}${group ? ` in group ${group}${number ? ` (number ${number})` : ""}` : ""} has an invalid expression: ${(error ?? logged.text).replace(/\\?"$/, "").slice(0, 200)}`,
        proof: [{ ...logged.at, excerpt: logged.text }],
        certainty: "proven",
      },
    ];
  },
  fix: () => ({
    summary: "Correct the expression; check with promtool before you reload",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Check the file", command: "promtool check rules FILE" }],
  }),
});
