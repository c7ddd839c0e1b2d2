// The controller may not create the pod: the account it names is gone.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/service-account-missing",
  title: "Pods cannot be created because the ServiceAccount they name does not exist",
  why: "The API server refuses a pod whose serviceAccountName is not in the namespace. The account was deleted (a component was switched off, a release half removed), has another name than the chart was told (serviceAccount.create: false with a name nobody made), or stands in another namespace. The workload shows 0 pods; only its events say why.",
  severity: "critical",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    'error looking up service account {account}: serviceaccount "{name}" not found',
    'error looking up service account {account}: serviceaccounts "{name}" not found',
  ],
  uses: ["kubernetes.pods"],
  says: ({ line }) => {
    const account = /looking up service account ([\w./-]+)/i.exec(line.text)?.[1] ?? "";
    const pod = /pods? \\?"([\w.-]+)/i.exec(line.text)?.[1];
    return `ServiceAccount ${account.replace(/:$/, "")} does not exist, so ${pod ? `pod ${pod}` : "no pod of the workload"} cannot be created: create it (serviceAccount.create: true, helm upgrade) or correct serviceAccountName`;
  },
  decideWith: "kubectl -n NAMESPACE get serviceaccounts; kubectl -n NAMESPACE describe statefulset NAME",
  references: ["https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"],
  fix: (finding) => {
    const account = /ServiceAccount (?:([\w-]+)\/)?([\w.-]+) does/.exec(finding.says);
    return byHand(
      "Create the ServiceAccount again (helm upgrade with serviceAccount.create: true and the component enabled), or set serviceAccount.name to one that exists",
      "Look what accounts there are",
      `kubectl -n ${account?.[1] ?? "NAMESPACE"} create serviceaccount ${account?.[2] ?? "NAME"}`,
    );
  },
});
