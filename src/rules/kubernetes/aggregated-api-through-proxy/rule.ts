// The API server asks an extension API through a proxy, and the proxy refuses.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/aggregated-api-through-proxy",
  title:
    "The API server reaches an extension API (custom metrics) only through a proxy that refuses: no_proxy lacks the cluster's addresses",
  why: "kube-apiserver calls aggregated APIs at the ClusterIP of their service. With HTTPS_PROXY in its manifest and a no_proxy without the service network the call goes to the company's proxy, which answers 403: FailedDiscoveryCheck, although pod, service and endpoints are fine.",
  severity: "warning",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "none",
  phase: "run",
  from: "any",
  texts: [
    "failing or missing response from https://{address}: bad status from https://{again}: 403",
    "failing or missing response from https://{address}: bad status from https://{again}: 407",
    "failing or missing response from https://{address}: Get {again*}: Forbidden",
    "failing or missing response from https://{address}: Get {again*}: Service Unavailable",
  ],
  unconfirmed: "likely",
  confirm: () => ({}),
  says: ({ line }) => {
    const address =
      /response from (https:\/\/[^\s/]+?)(?=[/:]? |\/|: )/.exec(line.text)?.[1] ?? "the service";
    return `The API server is refused at ${address} (FailedDiscoveryCheck) while pod and endpoints are there: its call goes through HTTP(S)_PROXY; no_proxy of kube-apiserver has to name the service and pod networks`;
  },
  rivals: [
    {
      rule: "adapter-refuses",
      tellApart: "the adapter's own log would show the refused request of the API server",
      decideWith: "kubectl -n NAMESPACE logs deploy/prometheus-adapter | grep ' 403 '",
    },
  ],
  decideWith: "grep -i proxy /etc/kubernetes/manifests/kube-apiserver.yaml",
  references: [
    "https://github.com/kubernetes-sigs/prometheus-adapter/issues/227",
    "https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/",
  ],
  fix: () =>
    byHand(
      "Add the service and pod networks (10.96.0.0/12, .svc, .cluster.local, …) to no_proxy in /etc/kubernetes/manifests/kube-apiserver.yaml, or take the proxy variables out",
      "In the API server's manifest; the kubelet restarts it",
      "grep -i proxy /etc/kubernetes/manifests/kube-apiserver.yaml",
    ),
});
