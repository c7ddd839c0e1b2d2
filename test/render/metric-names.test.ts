// Dashboards and alerts ask only for metrics that exist, and every panel's data source is one that is provisioned.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readLogql } from "../../src/stack/logql.ts";
import { readPromql } from "../../src/stack/promql.ts";
import { textAt, treeFor } from "./rendered.ts";
import { everything } from "./stacks.ts";

const folder = join(import.meta.dirname, "metric-names");
const known = new Set(
  readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n")),
);
/** Variables of Grafana are no PromQL. */
const plain = (query: string): string => query.replaceAll("$__interval", "5m").replaceAll(/\$\w+/g, ".+");
const server = "hosts/mon/opt/monitoring";

function unknownNames(query: string): readonly string[] {
  const { error, selectors } = readPromql(plain(query));
  if (error !== undefined) return [`${query}: ${JSON.stringify(error)}`];
  return selectors.flatMap(({ metric }) => (metric === undefined || known.has(metric) ? [] : [metric]));
}

test.each(
  everything.map(
    (stack) => [stack.components.find((one) => one.kind === "alloy") ? "alloy" : "promtail", stack] as const,
  ),
)("metrics of alerts and dashboards exist (%s)", (_name, stack) => {
  const tree = treeFor(stack);
  const rules = tree
    .filter((file) => file.path.includes("/rules/"))
    .flatMap((file) => parse(file.content).groups);
  const exprs: string[] = rules.flatMap((group) => group.rules.map((rule: { expr: string }) => rule.expr));
  expect(exprs.length).toBeGreaterThan(20);
  expect(exprs.flatMap(unknownNames)).toEqual([]);
  const uids: string[] = parse(
    textAt(tree, `${server}/grafana/provisioning/datasources/watchmend.yaml`),
  ).datasources.map((one: { uid: string }) => one.uid);
  const boards = tree.filter((file) => file.path.includes("/dashboards/") && file.path.endsWith(".json"));
  expect(boards.length).toBeGreaterThan(3);
  for (const { content } of boards) {
    const board = JSON.parse(content);
    for (const panel of board.panels) {
      expect(uids).toContain(panel.datasource.uid);
      for (const { expr } of panel.targets) {
        if (panel.datasource.type === "prometheus") expect(unknownNames(expr), panel.title).toEqual([]);
        else expect(readLogql(plain(expr)).error, expr).toBeUndefined();
      }
    }
  }
});
