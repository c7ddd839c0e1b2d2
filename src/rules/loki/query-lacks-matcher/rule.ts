// A selector that would match everything is refused.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { readDashboard } from "../../../stack/grafana-config.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "queries require at least one regexp or equality matcher that does not have an empty-compatible value",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "loki/query-lacks-matcher",
  title: "A LogQL query has only matchers that also match nothing, so Loki refuses it",
  why: 'Loki looks streams up by labels and needs one matcher that excludes the empty value: `{job="x"}` or `{app=~".+"}`. `{level!="debug"}`, `{app=~".*"}` and a dashboard variable whose All value is `.*` match streams without the label too, and are refused.',
  severity: "warning",
  component: "loki",
  layer: "query",
  nature: "cause",
  effect: "no-answer",
  needs: [],
  needsAny: ["text.lines", "config.documents"],
  texts,
  decideWith: "curl -sG http://LOKI:3100/loki/api/v1/query --data-urlencode 'query={app!=\"\"}'",
  references: ["https://grafana.com/docs/loki/latest/query/log_queries/#log-stream-selector"],
  check({ "config.documents": documents, "text.lines": lines }) {
    const line = lines.findLast((entry) => matches(patterns, entry));
    const bad = documents.flatMap((document) =>
      document.kind !== "grafana-dashboard"
        ? []
        : readDashboard(document).panels.flatMap((panel) =>
            panel.queries
              .filter(({ datasource, expr }) =>
                isLoki(datasource?.type ?? panel.datasource?.type, expr.value),
              )
              .flatMap(({ expr }) => {
                const selector = emptySelector(expr.value);
                return selector ? [{ selector, at: expr.at, panel: panel.title ?? "?" }] : [];
              }),
          ),
    );
    const [first] = bad;
    if (!first && !line) return [];
    const shown = line ? [{ ...line.at, excerpt: line.text }] : [];
    const finding: FindingDraft = {
      subject: first ? { kind: "file", id: first.at.source } : { kind: "component", id: "loki" },
      says: first
        ? `Panel "${first.panel}" selects ${first.selector}: every matcher there also matches streams without the label, so Loki refuses the query (at least one equality matcher is needed)`
        : 'A LogQL query is refused: all its matchers also match the empty value (only != or =~".*"); one like {job="x"} or {app=~".+"} is needed',
      proof: [...(first ? [first.at] : []), ...shown],
      certainty: "proven",
      ...(line ? {} : { severity: "notice" as const }),
    };
    return [finding];
  },
  fix: () =>
    byHand(
      'Add a matcher that excludes the empty value ({app=~".+"}), and set the All value of the variable to .+',
      "In the dashboard",
      undefined,
      "safe",
    ),
});

function isLoki(type: string | undefined, expr: string): boolean {
  return type === "loki" || (type === undefined && /\}\s*(?:\|[=~]|\||!=|!~)/.test(expr));
}

const matcher = /([A-Za-z_]\w{0,80})\s{0,3}(=~|!=|!~|=)\s{0,3}("(?:[^"\\]|\\.){0,300}"|`[^`]{0,300}`)/g;

/** The stream selector, when none of its matchers needs a value. */
function emptySelector(expr: string): string | undefined {
  const selector = /\{[^{}]{0,1000}\}/.exec(expr.slice(0, 5_000))?.[0];
  if (selector === undefined) return undefined;
  const all = [...selector.matchAll(matcher)];
  if (all.length === 0 || selector.includes("$")) return undefined;
  const needs = all.some(([, , operator, quoted = ""]) => {
    const value = quoted.slice(1, -1);
    if (operator === "=") return value !== "";
    if (operator === "=~") return !/^(?:\.\*|)$|\.\*\||\|\.\*|^\(\.\*\)$/.test(value);
    return operator === "!=" && value === "";
  });
  return needs ? undefined : selector;
}
