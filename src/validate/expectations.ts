// What is expected where nobody declared anything: what was discovered must work.
import type { ComponentKind } from "../model/component.ts";
import type { Expectation } from "../model/expectation.ts";
import { textOf, valueAt } from "../model/json-value.ts";
import type { Stack } from "../model/stack.ts";

/** A host with an exporter must be measured, one with an agent must send logs; nodes of a cluster have checks of their own. */
export function discoveredExpectation(stack: Stack): Expectation {
  const hostsWith = (...kinds: readonly ComponentKind[]): string[] => {
    const own = stack.components.filter(({ kind, pods }) => kinds.includes(kind) && pods.length === 0);
    return [...new Set(own.flatMap(({ host }) => host ?? []))].toSorted();
  };
  return {
    from: "discovered",
    parts: [],
    targets: [],
    measured: hostsWith("node-exporter"),
    logging: hostsWith("promtail", "alloy"),
    logSources: [],
    absences: [],
    datasources: [],
    dashboards: provisionedDashboards(stack),
  };
}

/** Dashboards that lie in a folder Grafana is given must be in Grafana. */
function provisionedDashboards(stack: Stack): string[] {
  const files = stack.components
    .filter(({ kind }) => kind === "grafana")
    .flatMap(({ configs }) => configs.filter(({ kind }) => kind === "grafana-dashboard"));
  const titles = files.flatMap(({ value }) => textOf(valueAt(value, "title")) ?? []);
  return [...new Set(titles)].toSorted();
}
