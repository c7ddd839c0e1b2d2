// The alert groups a stack gets: those whose components it has, without the ones it has switched off.
import type { StackFile } from "../../model/stack-file.ts";
import type { AlertRule } from "./alert-rules.ts";
import { agentAlerts, hostAlerts } from "./alerts-agents.ts";
import { alertmanagerAlerts, lokiAlerts, prometheusAlerts } from "./alerts-servers.ts";
import { targetAlerts } from "./alerts-targets.ts";

const groups: Readonly<Record<string, (stack: StackFile) => readonly AlertRule[]>> = {
  targets: targetAlerts,
  prometheus: prometheusAlerts,
  alertmanager: alertmanagerAlerts,
  loki: lokiAlerts,
  agents: agentAlerts,
  hosts: hostAlerts,
};

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

export function ruleGroups(stack: StackFile): readonly RuleGroup[] {
  const kinds = new Set(stack.components.map((one) => one.kind));
  return Object.entries(groups).flatMap(([name, rulesOf]) => {
    const rules = rulesOf(stack).filter(
      (rule) => rule.about.every((kind) => kinds.has(kind)) && !stack.alerting.disabled.includes(rule.alert),
    );
    return rules.length === 0 ? [] : [{ name, rules }];
  });
}

/** Every alert watchmend can render, by name. */
export function knownAlerts(stack: StackFile): readonly string[] {
  return Object.values(groups).flatMap((rulesOf) => rulesOf(stack).map((rule) => rule.alert));
}
