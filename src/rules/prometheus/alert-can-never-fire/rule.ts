// A comparison that no result of the expression can meet.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readRules } from "../../../stack/rule-groups.ts";
import { byHand } from "../../by-hand.ts";
import { filesOf, repair, replaceValues, valuesIn } from "../../change-configuration.ts";

export const rule = defineRule({
  id: "prometheus/alert-can-never-fire",
  title: "An alert compares count() with zero, which can never be true: an empty count is no result at all",
  why: 'count() over no series gives nothing, not 0, so `count(up{job="x"} == 1) == 0` is empty exactly when it should fire. absent(), `or vector(0)` or sum() over a 0/1 series say what was meant.',
  severity: "notice",
  component: "prometheus",
  layer: "rules",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  decideWith: "promtool query instant http://PROMETHEUS:9090 'EXPR'",
  references: ["https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators"],
  check({ "config.documents": documents }) {
    return documents.flatMap((document): FindingDraft[] =>
      document.kind !== "prometheus-rules" || document.value === undefined
        ? []
        : readRules(document).flatMap(({ kind, name, expr, at }): FindingDraft[] => {
            const text = expr?.value.trim().slice(0, 4_000) ?? "";
            if (kind !== "alert" || !isEmptyCount(text)) return [];
            return [
              {
                subject: { kind: "object", id: `alert ${name}` },
                says: `Alert ${name} can never fire: ${text.replace(/\s+/g, " ").slice(0, 140)} has no result when nothing is counted; use absent(…) or "or vector(0)"`,
                proof: [expr?.at ?? at],
                certainty: "proven",
              },
            ];
          }),
    );
  },
  fix: (_finding, facts) =>
    repair(
      "Ask with absent(), which answers when there is nothing",
      "safe",
      filesOf(facts, "prometheus-rules").flatMap((doc) =>
        replaceValues(
          valuesIn(
            doc,
            (value, path) =>
              path.at(-1) === "expr" && typeof value === "string" && isEmptyCount(value.trim()),
          ),
          "Ask with absent()",
          (value) => absentOf(String(value)),
        ),
      ),
    ) ??
    byHand(
      "absent(SELECTOR) for one selector, or (count(…) or vector(0)) == 0",
      "In the rule file",
      undefined,
      "safe",
    ),
});

/** `count(…) == 0` or `< 1` as the whole expression: the bracket that count opens ends in front of the comparison. */
function isEmptyCount(text: string): boolean {
  const head = /^count\s*(?:(?:by|without)\s*\([^)]{0,300}\)\s*)?\(/i.exec(text)?.[0];
  if (head === undefined || /\bor\b/.test(text)) return false;
  let depth = 1;
  let at = head.length;
  for (; at < text.length && depth > 0; at += 1) depth += text[at] === "(" ? 1 : text[at] === ")" ? -1 : 0;
  return /^\s*(?:(?:by|without)\s*\([^)]{0,300}\)\s*)?(?:==\s*0|<\s*1|<=\s*0)\s*$/.test(text.slice(at));
}

/** `count(X) == 0` without grouping is what `absent(X)` asks. */
function absentOf(expr: string): string | undefined {
  const [, inner] =
    /^count\s*\((.*)\)\s*(?:==\s*0|<\s*1|<=\s*0)\s*$/s.exec(expr.trim().slice(0, 4_000)) ?? [];
  return inner === undefined ? undefined : `absent(${inner})`;
}
