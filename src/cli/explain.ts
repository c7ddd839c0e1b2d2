// `explain RULE` and `rules`: what the rules say about themselves, for people.

import { ownRules } from "../lint/own-rules.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import { renderRule, renderRuleList } from "../report/explain.ts";
import { filterRules, type RuleText, suggestRules } from "../report/rule-text.ts";
import { rules as engineRules } from "../rules/registry.ts";
import { deliver, terminalStyle } from "./output.ts";

/** What lint says about suppressions is explained like any rule. */
const rules: readonly RuleText[] = [...engineRules, ...Object.values(ownRules)];

export function explain(id: string, options: { readonly color: boolean }): number {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule) {
    deliver(renderRule(rule, { ...terminalStyle(options), rules }), undefined);
    return exitCodes.clean;
  }
  const near = suggestRules(id, rules).slice(0, 3);
  const hint = near.length > 0 ? `Perhaps ${near.join(", ")}? ` : "";
  throw new UserError("unknown-rule", `no rule is called "${id}"`, `${hint}List them with: watchmend rules`);
}

export function listRules(filter: string | undefined, options: { readonly color: boolean }): number {
  const wanted = filter ? filterRules(rules, filter) : rules;
  if (wanted.length === 0)
    throw new UserError("unknown-rule", `no rule mentions "${filter}"`, "List all with: watchmend rules");
  deliver(renderRuleList(wanted, terminalStyle(options)), undefined);
  return exitCodes.clean;
}
