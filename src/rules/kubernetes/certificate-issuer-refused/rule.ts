// cert-manager cannot get certificates, and what stands behind the ingress runs out.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/certificate-issuer-refused",
  title:
    "cert-manager's issuer is refused by the certificate authority (ACME), so certificates of the ingress are not renewed",
  why: "cert-manager renews what the ingress of Grafana or Prometheus serves. When the ACME account cannot be registered or used (a cert-manager of the time of ACME v1, rate limits, a wrong contact or server) the Issuer is not ready, and the certificate in the Secret runs out.",
  severity: "critical",
  component: "kubernetes",
  layer: "tls",
  nature: "cause",
  effect: "none",
  phase: "run",
  from: "any",
  texts: [
    "Your ACME client is too old",
    "Error initializing issuer: acme: {error*}",
    "Failed to register ACME account: {error*}",
    "too many certificates already issued for",
  ],
  says: ({ line }) => {
    const error = /acme:error:(\w+)[":, ]*(.{0,120})/.exec(line.text);
    if (/client is too old/i.test(line.text))
      return "The certificate authority refuses this cert-manager (Your ACME client is too old): the release speaks the ACME version that was switched off; certificates run out until cert-manager is upgraded";
    if (/too many certificates/i.test(line.text))
      return "The certificate authority's rate limit is reached (too many certificates already issued), so cert-manager gets no certificate for the host";
    return `cert-manager's issuer is not ready: the certificate authority answers ${error ? `${error[1]} ${error[2]?.replace(/["\\]+$/, "")}` : "with an error"}`;
  },
  decideWith: "kubectl get clusterissuers,issuers,certificates -A; kubectl describe clusterissuer NAME",
  references: [
    "https://cert-manager.io/docs/troubleshooting/acme/",
    "https://letsencrypt.org/docs/rate-limits/",
  ],
  fix: (finding) =>
    /too old/.test(finding.says)
      ? byHand(
          "Upgrade cert-manager (0.11 and later speak ACME v2) with its CRDs, and set the issuer's server to https://acme-v02.api.letsencrypt.org/directory",
          "In the cluster, along cert-manager's upgrade notes",
        )
      : byHand(
          "Correct the issuer (server, email, account key), or wait for the rate limit and test against the staging server",
          "In the Issuer or ClusterIssuer",
          "kubectl describe clusterissuer NAME",
        ),
});
