// One bad expression, and the whole PrometheusRule is left out.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/rule-object-rejected",
  title: "An invalid rule makes the operator leave out a whole PrometheusRule",
  why: "The operator (and its admission webhook) checks every expression, template and duration. One that does not parse rejects the whole object with all of its groups: with the webhook the apply is denied, without it the rules are silently missing.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "rules",
  nature: "cause",
  effect: "no-answer",
  from: "any",
  texts: [
    'admission webhook "prometheusrulevalidate.monitoring.coreos.com" denied the request: {error*}',
    "skipping prometheusrule…{error*}",
    'The "prometheusrules" is invalid: {error*}',
    'Invalid rule" prometheusrule={object}…{error*}',
    "prometheusrules.monitoring.coreos.com…was not valid: {error*}",
  ],
  says: ({ line, captures }) => {
    const object = line.text.match(/(?:prometheusrule|object)=\\?"?([\w./-]+)/i)?.[1];
    const rule = line.text.match(/group \\?"([^"\\]+)\\?", rule (\d+), \\?"([^"\\]+)\\?"/);
    const what = rule ? `: group ${rule[1]}, rule ${rule[2]}, ${rule[3]}` : "";
    return `PrometheusRule${object ? ` ${object}` : ""} is rejected as a whole${what}: ${(captures.error ?? line.text).replace(/\\?"$/, "").slice(0, 220)}`;
  },
  rivals: [
    {
      rule: "prometheus-operator/monitor-lacks-selected-label",
      tellApart: "a ruleSelector that does not match leaves no trace in the operator's log",
    },
  ],
  decideWith: "kubectl -n NAMESPACE logs deploy/OPERATOR | grep -i prometheusrule",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/6138",
    "https://prometheus-operator.dev/docs/platform/webhook/",
  ],
  fix: () => ({
    summary:
      "Correct the expression that the message names (check with promtool check rules), apply again; keep the admission webhook on so that the apply fails instead of the rules vanishing",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Check the groups",
        command:
          "kubectl -n NAMESPACE get prometheusrule NAME -o json | jq .spec > rules.json && promtool check rules rules.json",
      },
    ],
  }),
});
