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
        tests: rules.flatMap((rule) => [firing(rule, rules), ...silent(rule, rules)]),
      },
      comment,
    ),
  }));
}

type Test = Readonly<Record<string, unknown>>;

function firing(rule: AlertRule, all: readonly AlertRule[]): Test {
  const same = others(rule, all);
  return {
    name: `${rule.alert} fires`,
    interval: "1m",
    input_series: series([...rule.test.fires, ...same.flatMap((other) => other.test.silent)]),
    alert_rule_test: [
      {
        eval_time: rule.test.at,
        alertname: rule.alert,
        exp_alerts: [rule, ...same.filter((other) => other.test.silent.length === 0)].map(expected),
      },
    ],
  };
}

function expected({ severity, summary, description, test }: AlertRule): Test {
  return {
    exp_labels: { severity, ...test.labels },
    exp_annotations: { summary: filled(summary, test.labels), description: filled(description, test.labels) },
  };
}

/** Rules that share the name stay silent by their own series; one that has none fires as well. */
function others(rule: AlertRule, all: readonly AlertRule[]): readonly AlertRule[] {
  return all.filter((other) => other !== rule && other.alert === rule.alert);
}

function silent(rule: AlertRule, all: readonly AlertRule[]): readonly Test[] {
  const same = others(rule, all);
  if (rule.test.silent.length === 0) return [];
  return [
    {
      name: `${rule.alert} stays silent`,
      interval: "1m",
      input_series: series([...rule.test.silent, ...same.flatMap((other) => other.test.silent)]),
      alert_rule_test: [
        {
          eval_time: rule.test.at,
          alertname: rule.alert,
          exp_alerts: same.filter((other) => other.test.silent.length === 0).map(expected),
        },
      ],
    },
  ];
}

function series(list: AlertRule["test"]["fires"]): readonly Test[] {
  return list.map(([name, values]) => ({ series: name, values }));
}

function filled(template: string, labels: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{ \$labels\.(\w{1,60}) \}\}/g, (_all, name: string) => labels[name] ?? "");
}
