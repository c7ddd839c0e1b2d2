// For every alert a unit test of promtool: the series that must make it fire, and the ones that must not.
import type { StackFile } from "../../model/stack-file.ts";
import { configPath } from "../containers/spec.ts";
import { serverOf } from "../find.ts";
import { yamlDocument } from "../to-yaml.ts";
import type { AlertRule } from "./alert-rules.ts";
import { ruleGroups } from "./rule-groups.ts";

const comment = ["Run with: promtool test rules <this file>"];

export function ruleTests(stack: StackFile): readonly { readonly path: string; readonly content: string }[] {
  const host = serverOf(stack, "prometheus");
  if (!host || host.runtime === "kubernetes") return [];
  const folder = `../hosts/${host.name}${configPath(host, "prometheus")}/rules`;
  return ruleGroups(stack).map(({ name, rules }) => ({
    path: `rule-tests/${name}_test.yml`,
    content: yamlDocument(
      {
        rule_files: [`${folder}/${name}.yml`],
        evaluation_interval: "1m",
        tests: sameName(rules).flatMap((same) => [firing(same), ...silent(same)]),
      },
      comment,
    ),
  }));
}

type Test = Readonly<Record<string, unknown>>;

/** Rules of one name fire and stay silent in one test: a test of each would repeat the series of all others. */
type Same = readonly [AlertRule, ...AlertRule[]];

function sameName(rules: readonly AlertRule[]): readonly Same[] {
  const named = new Map<string, [AlertRule, ...AlertRule[]]>();
  for (const rule of rules) {
    const same = named.get(rule.alert);
    if (same) same.push(rule);
    else named.set(rule.alert, [rule]);
  }
  return [...named.values()];
}

function firing(same: Same): Test {
  return test(
    "fires",
    same,
    same.flatMap((rule) => rule.test.fires),
    same,
  );
}

/** One without silent series (it would have thousands) fires in this test as well. */
function silent(same: Same): readonly Test[] {
  const all = same.flatMap((rule) => rule.test.silent);
  if (all.length === 0) return [];
  return [
    test(
      "stays silent",
      same,
      all,
      same.filter((rule) => rule.test.silent.length === 0),
    ),
  ];
}

function test(
  what: string,
  [{ alert, test: first }]: Same,
  given: AlertRule["test"]["fires"],
  fire: readonly AlertRule[],
): Test {
  return {
    name: `${alert} ${what}`,
    interval: "1m",
    input_series: series(given),
    alert_rule_test: [{ eval_time: first.at, alertname: alert, exp_alerts: fire.map(expected) }],
  };
}

function expected({ severity, summary, description, test }: AlertRule): Test {
  return {
    exp_labels: { severity, ...test.labels },
    exp_annotations: { summary: filled(summary, test.labels), description: filled(description, test.labels) },
  };
}

function series(list: AlertRule["test"]["fires"]): readonly Test[] {
  return list.map(([name, values]) => ({ series: name, values }));
}

function filled(template: string, labels: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{ \$labels\.(\w{1,60}) \}\}/g, (_all, name: string) => labels[name] ?? "");
}
