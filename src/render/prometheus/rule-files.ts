// Alert rules as the files Prometheus reads, one per group.
import { given } from "../../model/given.ts";
import type { StackFile } from "../../model/stack-file.ts";
import { ruleGroups } from "./rule-groups.ts";

export function ruleFiles(stack: StackFile): readonly { readonly name: string; readonly value: unknown }[] {
  return ruleGroups(stack).map(({ name, rules }) => ({
    name,
    value: {
      groups: [
        {
          name: `watchmend-${name}`,
          rules: rules.map((rule) =>
            given({
              alert: rule.alert,
              expr: rule.expr,
              for: rule.for,
              labels: { severity: rule.severity, ...rule.labels },
              annotations: { summary: rule.summary, description: rule.description },
            }),
          ),
        },
      ],
    },
  }));
}
