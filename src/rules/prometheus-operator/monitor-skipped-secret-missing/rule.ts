// The monitor refers to a Secret or key that is not there.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/monitor-skipped-secret-missing",
  title: "The operator drops a monitor because a Secret or key it refers to does not exist",
  why: "Credentials of a monitor come from Secrets in the monitor's own namespace. If one cannot be resolved the whole monitor is dropped.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  from: ["prometheus-operator", "kubernetes"],
  texts: [
    'unable to get secret "{secret}": secrets "{again}" not found',
    'failed to get token from secret…key "{key}" in secret "{secret}" not found',
    'key "{key}" in secret "{secret}" not found',
    "failed to get bearer token…not found",
    "failed to get basic auth…not found",
  ],
  except: ["alertmanager"],
  says: ({ captures }) =>
    `Secret ${captures.secret ?? "named in the log"}${captures.key ? ` has no key ${captures.key}` : " does not exist"} in the monitor's namespace; the monitor is dropped`,
  decideWith: "kubectl -n NAMESPACE_OF_MONITOR get secret NAME -o jsonpath='{.data}' | jq keys",
  references: ["https://github.com/prometheus-operator/prometheus-operator/issues/5730"],
  fix: () => ({
    summary: "Create (or copy) the Secret with that key in the monitor's namespace",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Create the Secret",
        command: "kubectl -n NAMESPACE_OF_MONITOR create secret generic NAME --from-literal=KEY=VALUE",
      },
    ],
  }),
});
