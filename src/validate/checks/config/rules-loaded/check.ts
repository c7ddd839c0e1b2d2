// Alert rules that do not evaluate alert nobody.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { noneOf } from "../../../subjects.ts";

export const check = defineCheck({
  id: "config/rules-loaded",
  suite: "config",
  proves: "every rule Prometheus has loaded evaluates without error",
  needs: ["prometheus.rules"],
  hints: ["prometheus/rule-expression-invalid", "prometheus/rules-file-invalid"],
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/rules",
  absent: ({ stack }) => noneOf(["prometheus"], stack),
  run({ facts }) {
    if (facts["prometheus.rules"].length === 0)
      return [
        {
          subject: { kind: "cluster", id: "stack" },
          state: "skip",
          says: "Prometheus has no rules",
          proof: [],
        },
      ];
    return facts["prometheus.rules"].map((rule): VerdictDraft => {
      const name = `${rule.group}/${rule.name}`;
      const base = { subject: { kind: "object", id: `rule ${name}` } as const, proof: [rule.at] };
      if (rule.health === "ok") return { ...base, state: "pass", says: `rule ${name} evaluates` };
      if (rule.health === undefined || rule.health === "unknown")
        return { ...base, state: "unknown", says: `rule ${name} was not evaluated yet` };
      return { ...base, state: "fail", says: `rule ${name} fails: ${rule.lastError ?? rule.health}` };
    });
  },
});
