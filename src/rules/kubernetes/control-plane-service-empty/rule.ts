// The monitoring's Services for scheduler, controller manager, etcd and proxy select no pods on this distribution.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { matches } from "../../line-match.ts";

const alerts = ["KubeSchedulerDown", "KubeControllerManagerDown", "KubeProxyDown", "etcdInsufficientMembers"];
const patterns = alerts.map(compilePattern);
const part = /kube-(scheduler|controller-manager|proxy|etcd)$/;
const byDesign = /\+k3s|-eks-|-gke\.|\+rke2|k3s|\beks\b|\bgke\b|\baks\b|managed cluster|cilium|talos/i;

export const rule = defineRule({
  id: "kubernetes/control-plane-service-empty",
  title:
    "The Services for scraping the control plane select no pods on this cluster, so the Down alerts are false",
  why: "The chart makes Services in kube-system that select the static pods of kubeadm (component=kube-scheduler and the like). On k3s, Talos, RKE, EKS, GKE and AKS, or where Cilium replaces kube-proxy, such pods do not exist or have other labels: the Service has no endpoint, there is no target, and absent() alerts fire although nothing is down.",
  severity: "warning",
  component: "kubernetes",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  needs: [],
  needsAny: ["kubernetes.endpoints", "text.lines"],
  uses: ["kubernetes.nodes", "kubernetes.pods"],
  texts: [...alerts, "dial tcp {ip}:10249: connect: connection refused", "kubeProxyReplacement"],
  decideWith:
    "kubectl -n kube-system get endpoints; kubectl -n kube-system get pods --show-labels | grep -E 'scheduler|controller-manager|etcd|proxy'",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/204",
    "https://github.com/prometheus-operator/kube-prometheus/issues/718",
  ],
  check(facts) {
    const empty = facts["kubernetes.endpoints"].filter(
      (entry) =>
        part.test(entry.name) &&
        entry.ready.length === 0 &&
        (entry.namespace ?? "kube-system") === "kube-system",
    );
    const [first] = empty;
    if (!first) return replacedProxy(facts);
    const alert = facts["text.lines"].findLast((line) => matches(patterns, line));
    const node = facts["kubernetes.nodes"].find((entry) => byDesign.test(entry.version ?? ""));
    const said = facts["text.lines"].find((line) => line.stream === "note" && byDesign.test(line.text));
    const reason = node?.version ?? (said ? "as the notes say" : undefined);
    const finding: FindingDraft = {
      subject: { kind: "service", id: empty.map((entry) => entry.name).join(", ") },
      says: `${empty.map((entry) => entry.name).join(", ")} in kube-system have no endpoints: their selectors match no pod${reason ? ` on this distribution (${reason})` : ""}; alerts such as KubeSchedulerDown are false`,
      proof: [
        ...empty.map((entry) => entry.at),
        ...(alert ? [{ ...alert.at, excerpt: alert.text }] : []),
        ...(node ? [node.at] : []),
      ],
      certainty: "proven",
      ...(alert ? {} : { severity: "notice" as const }),
    };
    return [finding];
  },
  fix: () => ({
    summary:
      "Give the chart the right selector or addresses (kubeScheduler.service.selector, kubeScheduler.endpoints), or disable the monitors and rules of components that are not exposed (kubeScheduler.enabled=false, kubeControllerManager.enabled=false, kubeProxy.enabled=false, kubeEtcd.enabled=false)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See the labels of the control plane's pods",
        command: "kubectl -n kube-system get pods --show-labels",
      },
    ],
  }),
});

/** kube-proxy does not exist where the network plugin does its work: its targets are refused, and nothing is down. */
function replacedProxy(facts: Pick<Facts, "text.lines" | "kubernetes.pods">): FindingDraft[] {
  const refused = facts["text.lines"].find((line) =>
    /dial tcp [\d.]+:10249: connect: connection refused/.test(line.text),
  );
  const system = facts["kubernetes.pods"].filter(
    ({ name, namespace }) => namespace === "kube-system" || /^cilium/.test(name),
  );
  const cilium = system.find(({ name }) => /^cilium/.test(name));
  if (!refused || !cilium || system.some(({ name }) => /^kube-proxy/.test(name))) return [];
  const said = facts["text.lines"].find((line) => /kubeProxyReplacement/i.test(line.text));
  return [
    {
      subject: { kind: "service", id: "kube-proxy" },
      says: "There is no kube-proxy on this cluster: Cilium replaces it, so the targets on port 10249 refuse and KubeProxyDown is a false alert; set kubeProxy.enabled: false in the chart",
      proof: [
        { ...refused.at, excerpt: refused.text },
        cilium.at,
        ...(said ? [{ ...said.at, excerpt: said.text }] : []),
      ],
      certainty: said ? "proven" : "likely",
    },
  ];
}
