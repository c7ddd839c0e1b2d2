// The API server cannot reach the webhook pod in time: firewall between control plane and nodes.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/webhook-unreachable",
  title: "The API server cannot reach the admission webhook, so it refuses every object the webhook must see",
  why: "The call to the webhook comes from the control plane. On private clusters (GKE, EKS with another CNI) the firewall lets it reach nodes only on a few ports, and the operator's webhook port (8443 or 10250) is not among them. Every object the webhook must see is then refused after the time-out.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "firewall",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    'failed calling webhook "{webhook}"…context deadline exceeded',
    'failed calling webhook "{webhook}"…Client.Timeout exceeded while awaiting headers',
    'failed calling webhook "{webhook}"…i/o timeout',
    'failed calling webhook "{webhook}"…no route to host',
    'failed calling webhook "{webhook}"…dial tcp {address}: connect: connection refused',
    'failed calling webhook "{webhook}"…no endpoints available for service',
    'failed calling admission webhook "{webhook}"…context deadline exceeded',
    "Timeout: request did not complete within requested timeout 30s",
    "Timeout: request did not complete within requested timeout - context deadline exceeded",
  ],
  except: ["x509:", "tls: bad certificate"],
  confirm: (hit, facts) => {
    if (hit.lines.some((line) => /failed calling/.test(line.text))) return { holds: true };
    const isRule = /prometheusrule|monitoring\.coreos\.com/i;
    const near = facts["text.lines"].find((line) => isRule.test(line.text));
    return near ? { certainty: "possible", proof: [{ ...near.at, excerpt: near.text }] } : { holds: false };
  },
  says: ({ captures, line }) => {
    const service = line.text.match(/https:\/\/([^:/\s]+)/)?.[1];
    const name = `${captures.webhook ?? "of the operator"}${service ? ` (${service})` : ""}`;
    if (/connection refused|no endpoints available/.test(line.text))
      return `Nothing answers webhook ${name}: no ready pod stands behind its Service`;
    return `The API server cannot reach webhook ${name}: traffic from the control plane to the webhook port (8443 or 10250) of the pods is blocked by a firewall or security group`;
  },
  rivals: [
    {
      rule: "prometheus-operator/webhook-ca-mismatch",
      tellApart: "there the webhook answers, with a certificate that is not trusted",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get svc,endpoints OPERATOR; curl -k the webhook from a pod: if that works, the control plane is cut off",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/2711",
    "https://github.com/helm/charts/issues/16249",
    "https://cloud.google.com/kubernetes-engine/docs/how-to/private-clusters#add_firewall_rules",
  ],
  fix: (finding) => ({
    summary: finding.says.startsWith("Nothing answers")
      ? "Wait until the operator's pod is Ready (kubectl -n NAMESPACE rollout status deploy OPERATOR) and run the upgrade again; if the pod does not start, that is what to mend. Until then prometheusOperator.admissionWebhooks.failurePolicy=Ignore lets objects pass unchecked"
      : "Add a firewall rule from the control plane to the nodes for tcp 8443 (or 10250, see the Service's targetPort); otherwise hostNetwork for the operator, or prometheusOperator.admissionWebhooks.failurePolicy=Ignore (no validation)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See which port the webhook's pods listen on",
        command: "kubectl -n NAMESPACE get svc OPERATOR -o jsonpath='{.spec.ports[*].targetPort}'",
      },
    ],
  }),
});
