// Expressions that were right for Prometheus 2 and find nothing in Prometheus 3.

import type { ConfigDocument } from "../../../model/config.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { readDashboard } from "../../../stack/grafana-config.ts";
import { readPromql } from "../../../stack/promql.ts";
import { readRules } from "../../../stack/rule-groups.ts";
import { isAtLeast } from "../../../stack/semver.ts";
import { byHand } from "../../by-hand.ts";
import { filesOf, readAgain, repair, replaceValues, valuesIn } from "../../change-configuration.ts";

export const rule = defineRule({
  id: "prometheus/three-changes-meaning",
  title:
    "An expression relies on Prometheus 2 and finds nothing in Prometheus 3 (le and quantile labels, one-sample ranges, renamed functions)",
  why: 'Since 3.0 le and quantile are normalised (le="1" became le="1.0"), ranges are open on the left, so a range as long as its step holds one sample only, and holt_winters is called double_exponential_smoothing behind a feature flag. The expressions stay valid or fail only when they run; panels turn empty and alerts silent with the upgrade.',
  severity: "warning",
  component: "prometheus",
  layer: "version",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/status/buildinfo",
  references: ["https://prometheus.io/docs/prometheus/latest/migration/"],
  check({ "config.documents": documents }, stack) {
    const all = stack.components.filter(({ kind }) => kind === "prometheus");
    const server = all.find(({ version }) => isAtLeast(version, "3.0.0") === true);
    // several servers: which of them runs the expression is not known
    if (!server || all.length > 1) return [];
    return documents.flatMap(expressionsOf).flatMap(({ name, expr, at }): FindingDraft[] => {
      const problem = problemOf(expr);
      if (!problem) return [];
      return [
        {
          subject: { kind: "object", id: name },
          component: server.id,
          says: `${name}: ${problem} (Prometheus ${server.version})`,
          proof: [at, ...(server.versionAt ? [server.versionAt] : [])],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding, facts, stack) =>
    repair("Write the label as version 3 does", "safe", [
      ...asThreeWrites(finding, facts),
      ...readAgain(stack.components.find(({ id }) => id === finding.component)),
    ]) ??
    byHand(
      'Write le=~"1(\\\\.0)?" (or le="1.0"), ranges of at least two scrape intervals, and double_exponential_smoothing with --enable-feature=promql-experimental-functions',
      "In the rule or panel",
      undefined,
      "safe",
    ),
});

interface Expression {
  readonly name: string;
  readonly expr: string;
  readonly at: Place;
}

function expressionsOf(doc: ConfigDocument): Expression[] {
  if (doc.parseError) return [];
  if (doc.kind === "prometheus-rules")
    return readRules(doc).flatMap(({ name, expr }) =>
      expr ? [{ name, expr: expr.value, at: expr.at }] : [],
    );
  if (doc.kind !== "grafana-dashboard") return [];
  const dashboard = readDashboard(doc);
  const title = dashboard.title?.value ?? doc.at.source;
  return dashboard.panels
    .filter(({ datasource }) => datasource?.type === undefined || datasource.type === "prometheus")
    .flatMap((panel) =>
      panel.queries.map(({ expr }) => ({
        name: `panel ${panel.title ?? ""} of ${title}`,
        expr: expr.value,
        at: expr.at,
      })),
    );
}

function problemOf(expr: string): string | undefined {
  const { selectors, functions, isLogql } = readPromql(expr);
  if (isLogql) return undefined;
  if (functions.includes("holt_winters"))
    return "holt_winters is called double_exponential_smoothing since 3.0 and needs --enable-feature=promql-experimental-functions";
  for (const { metric, matchers } of selectors) {
    const whole = matchers.find(
      ({ name, op, value }) =>
        op === "=" &&
        /^-?\d+$/.test(value) &&
        ((name === "le" && metric?.endsWith("_bucket")) || name === "quantile"),
    );
    if (whole)
      return `${whole.name}="${whole.value}" matches nothing, because 3.0 writes the label as ${whole.name}="${whole.value}.0"`;
  }
  const step = /\[(\d+[smhd]):\1\]/.exec(expr);
  return step
    ? `the subquery ${step[0]} holds one sample only, because ranges are open on the left since 3.0`
    : undefined;
}

function asThreeWrites({ says }: FindingDraft, facts: Pick<Facts, "config.documents">): readonly Step[] {
  const [, was, is] =
    /: (\w+="-?\d+") matches nothing, .* writes the label as (\w+="-?\d+\.0")/.exec(says) ?? [];
  if (was === undefined || is === undefined) return [];
  return filesOf(facts, "prometheus-rules", "grafana-dashboard").flatMap((doc) =>
    replaceValues(
      valuesIn(doc, (value, path) => path.at(-1) === "expr" && String(value).includes(was)),
      `Write ${is}`,
      (value) => String(value).replaceAll(was, is),
    ),
  );
}
