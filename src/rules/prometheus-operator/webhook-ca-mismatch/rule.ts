// The API server does not trust the certificate of the admission webhook: a stale caBundle.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/webhook-ca-mismatch",
  title:
    "The caBundle of an admission webhook does not match the webhook's certificate, so the API server refuses objects",
  why: "Webhook configurations are cluster-wide and outlive a release. When the certificate in the admission Secret is made anew and the caBundle is not patched (the patch job did not run, an old release left its configuration behind, patch job and cert-manager were exchanged), the API server answers x509: certificate signed by unknown authority and no PrometheusRule can be created.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "tls",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    'failed calling webhook "{webhook}"…x509: {error*}',
    'failed calling admission webhook "{webhook}"…x509: {error*}',
    'failed calling webhook "{webhook}"…tls: {error*}',
    // wrapped by who pasted it: the reason stands two lines below
    'failed calling webhook "prometheusrulemutate.monitoring.coreos.com":',
    "http: TLS handshake error from {peer}: remote error: tls: bad certificate",
  ],
  except: ["TLS handshake error from {peer}: EOF", "TLS handshake timeout"],
  looksFor: ["x509: certificate signed by unknown authority", "tls: failed to verify certificate"],
  confirm: (hit, facts) => {
    if (hit.lines.every((line) => /monitoring\.coreos\.com\\?":\s*$/.test(line.text))) {
      const { source, line: number = 0 } = hit.line.at;
      const reason = facts["text.lines"].find(
        ({ at, text }) =>
          at.source === source &&
          Math.abs((at.line ?? 0) - number) <= 3 &&
          /x509:|tls: failed to verify/.test(text),
      );
      return reason ? { holds: true, proof: [{ ...reason.at, excerpt: reason.text }] } : { holds: false };
    }
    const bare = (line: { readonly text: string }) =>
      /failed calling/.test(line.text) && !/x509|tls:/.test(line.text);
    if (hit.lines.every(bare)) return { holds: false };
    const calls = hit.lines.findLast((line) => /failed calling/.test(line.text));
    if (!calls && hit.line.component !== "prometheus-operator") return { holds: false };
    if (calls)
      return { holds: true, proof: calls === hit.line ? [] : [{ ...calls.at, excerpt: calls.text }] };
    const elsewhere = facts["text.lines"].some((line) =>
      /failed calling (admission )?webhook/.test(line.text),
    );
    return elsewhere ? { holds: false } : {};
  },
  says: ({ captures, line }) => {
    const service = line.text.match(/https:\/\/([^:/\s]+)/)?.[1];
    return captures.webhook
      ? `Webhook ${captures.webhook}${service ? ` (${service})` : ""} is refused by the API server: x509: ${captures.error?.replace(/\\?"?$/, "") ?? "its certificate"}; the caBundle of the webhook configuration is stale or of another CA than the admission Secret`
      : "Clients refuse the webhook's certificate (tls: bad certificate): the caBundle of the webhook configuration does not match the admission Secret";
  },
  rivals: [
    {
      rule: "prometheus-operator/webhook-unreachable",
      tellApart: "there the call times out; x509 means that it was answered",
    },
    { rule: "prometheus-operator/webhook-service-missing", tellApart: "there the Service is not found" },
  ],
  decideWith:
    "kubectl get validatingwebhookconfiguration,mutatingwebhookconfiguration -o yaml | grep caBundle; kubectl -n NAMESPACE get secret RELEASE-admission -o jsonpath='{.data.ca}'",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/2261",
    "https://github.com/prometheus-operator/prometheus-operator/issues/4741",
  ],
  fix: () => ({
    summary:
      "Delete the stale ValidatingWebhookConfiguration and MutatingWebhookConfiguration and the admission Secret, then run helm upgrade again so that the patch job (or cert-manager's ca-injector) writes a fresh caBundle; rules are not validated in between",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See which webhook configurations exist and of which release they are",
        command: "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations --show-labels",
      },
    ],
  }),
});
