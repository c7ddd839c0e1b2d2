// A chart upgrade gave the pods another service account than the one the cloud role trusts.
import { renamedAccount } from "../../loki-object-store.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/service-account-renamed",
  title: "The Loki chart renamed its service account in 6.46.0, and the cloud role still trusts the old name",
  why: "Up to 6.45 the default name of the service account was the chart's name (loki); since 6.46.0 it is the release's full name (RELEASE-loki). A role bound to system:serviceaccount:NAMESPACE:loki is refused after the upgrade, so nothing can be read from or written to the bucket.",
  severity: "critical",
  component: "loki",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "NoCredentialProviders: no valid providers in chain",
    "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "failed to refresh cached credentials",
    "api error AccessDenied",
    "AccessDenied: Access Denied",
  ],
  from: ["loki"],
  uses: ["config.documents", "host.versions", "kubernetes.pods"],
  unconfirmed: "silent",
  confirm(hit, facts) {
    const renamed = renamedAccount(hit.component, facts);
    if (!renamed) return {};
    return {
      holds: true,
      certainty: "likely",
      proof: [renamed.at],
      says: `The Loki chart is at ${renamed.version}${renamed.before ? ` (before: ${renamed.before})` : ""}, serviceAccount.name is not set, and since 6.46.0 the account is called after the release instead of loki: the role's trust policy does not know it. Set serviceAccount.name: loki, or bind the role to the new name`,
    };
  },
  says: () =>
    "The service account of Loki has another name than the one the cloud role trusts: set serviceAccount.name: loki",
  rivals: [
    {
      rule: "loki/object-store-credentials-missing",
      tellApart: "without an upgrade of the chart the role or the keys are missing",
    },
  ],
  decideWith:
    "kubectl -n NAMESPACE get sa; kubectl -n NAMESPACE get pod LOKI -o jsonpath='{.spec.serviceAccountName}'",
  references: ["https://grafana.com/docs/loki/latest/setup/upgrade/"],
  fix: () => ({
    summary:
      "Set serviceAccount.name: loki (the old name) in the chart's values, or bind the cloud role to the new name",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Give the account its old name",
        command: "helm upgrade LOKI grafana/loki -n NAMESPACE --reuse-values --set serviceAccount.name=loki",
      },
    ],
  }),
});
