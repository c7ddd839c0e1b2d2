// A webhook configuration of a release that is gone.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/webhook-service-missing",
  title: "An admission webhook configuration points at a Service that does not exist any more",
  why: "Validating and mutating webhook configurations are cluster-scoped and are left behind when a release or its namespace is removed or renamed. The API server calls the Service they name before it accepts an object: none of that kind can be created in the whole cluster.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "admission",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    'failed calling webhook "{webhook}"…service "{service}" not found',
    'failed calling admission webhook "{webhook}"…service "{service}" not found',
    'failed calling webhook "{webhook}"…no service port {port#} found for service "{service}"',
    'failed calling webhook "{webhook}"…namespaces "{namespace}" not found',
  ],
  says: ({ captures }) =>
    `Webhook ${captures.webhook} calls Service ${captures.service ?? `of namespace ${captures.namespace}`}, which ${captures.port ? `has no port ${captures.port}` : "does not exist"}: the webhook configuration is left over from another release`,
  rivals: [{ rule: "prometheus-operator/webhook-ca-mismatch", tellApart: "there the Service answers" }],
  decideWith: "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/2904",
    "https://github.com/prometheus-community/helm-charts/issues/1041",
  ],
  fix: () => ({
    summary:
      "Delete the leftover ValidatingWebhookConfiguration and MutatingWebhookConfiguration that name that Service",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Find the configurations that name the missing Service, then delete exactly those",
        command:
          "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o custom-columns=KIND:.kind,NAME:.metadata.name,SERVICE:.webhooks[*].clientConfig.service.name",
      },
    ],
  }),
});
