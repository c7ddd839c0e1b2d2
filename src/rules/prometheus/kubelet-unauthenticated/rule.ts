// 401 from the kubelet: it does not check ServiceAccount tokens.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/kubelet-unauthenticated",
  title:
    "The kubelet answers 401 Unauthorized: it does not accept ServiceAccount tokens (webhook authentication is off)",
  why: "401 is authentication, 403 would be authorisation. Prometheus sends its token, but a kubelet without authentication.webhook.enabled (--authentication-token-webhook) cannot check it.",
  severity: "warning",
  component: "prometheus",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: ["server returned HTTP status 401 Unauthorized"],
  uses: ["prometheus.targets"],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const target = facts["prometheus.targets"].find(
      (entry) =>
        /401 Unauthorized/.test(entry.lastError ?? "") &&
        /:10250|kubelet/.test(`${entry.scrapeUrl ?? ""} ${entry.job}`),
    );
    const isKubelet =
      target !== undefined ||
      hit.lines.some((line) => /:10250|kubelet/.test(line.text)) ||
      facts["text.lines"].some((line) => line.stream === "note" && /kubelet/i.test(line.text));
    return isKubelet ? { holds: true } : { holds: false };
  },
  says: () =>
    "The kubelet's metrics answer 401 Unauthorized: authentication.webhook.enabled is false on the kubelet, so the ServiceAccount token is not checked",
  rivals: [
    {
      rule: "prometheus/kubelet-unauthorised",
      tellApart: "there the status is 403 Forbidden: authenticated, not authorised",
    },
  ],
  decideWith: "kubectl get --raw /api/v1/nodes/NODE/proxy/configz | jq .kubeletconfig.authentication",
  references: ["https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/"],
  fix: () => ({
    summary: "Set authentication.webhook.enabled: true in the kubelet configuration and restart the kubelet",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "On every node",
        command: "sed -n '/authentication/,/authorization/p' /var/lib/kubelet/config.yaml",
      },
    ],
  }),
});
