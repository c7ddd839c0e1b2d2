// Replicas that must not share a node, on a cluster with fewer nodes.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/pod-anti-affinity",
  title:
    "A pod cannot be scheduled: its anti-affinity or topology spread forbids a second replica on a node, and no other node is left",
  why: "Charts demand that replicas of one component run on different nodes (requiredDuringScheduling podAntiAffinity, topologySpreadConstraints with DoNotSchedule). With more replicas than fitting nodes the rest stay Pending; during a rolling update even one more pod than nodes is too many.",
  severity: "critical",
  component: "kubernetes",
  layer: "scheduling",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "node(s) didn't match pod anti-affinity rules",
    "node(s) didn't match pod affinity/anti-affinity",
    "node(s) didn't satisfy existing pods anti-affinity rules",
    "node(s) didn't match pod topology spread constraints",
    "node(s) didn't match pod affinity rules",
  ],
  except: [
    "volume node affinity conflict",
    "Insufficient ",
    "unbound immediate",
    "free ports for the requested",
  ],
  recoveredBy: ["Successfully assigned"],
  uses: ["kubernetes.nodes"],
  confirm(_hit, facts) {
    const nodes = facts["kubernetes.nodes"];
    const able = nodes.filter((node) => node.ready !== false && !node.unschedulable);
    return { holds: true, proof: able.slice(0, 2).map((node) => node.at) };
  },
  says({ line, lines }) {
    const pods = [...new Set(lines.flatMap(({ pod }) => pod ?? []))];
    const total = /(\d+)\/(\d+) nodes are available/.exec(line.text)?.[2];
    const what = /topology spread/.test(line.text)
      ? "topology spread constraints"
      : "pod anti-affinity rules";
    return `${pods.length > 0 ? pods.slice(0, 4).join(", ") : "The pod"} ${pods.length > 1 ? "stay" : "stays"} Pending: the ${what} allow one replica per node${total ? `, and the cluster has ${total} ${total === "1" ? "node" : "nodes"}` : ""}; lower the replicas to the number of nodes or take the anti-affinity away`;
  },
  rivals: [
    {
      rule: "kubernetes/node-not-ready",
      tellApart: "there a node is missing that would otherwise take the pod",
    },
    {
      rule: "kubernetes/insufficient-resources",
      tellApart: "there the message counts Insufficient cpu or memory",
    },
  ],
  decideWith: "kubectl get nodes; kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.affinity}'",
  references: [
    "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity",
    "https://github.com/grafana/loki/issues/10537",
  ],
  fix: () =>
    byHand(
      "Set the replicas to the number of nodes (one node: replicas: 1 and replication_factor: 1), or affinity: {} in the component's chart values (backend, read, write), or add nodes",
      "In the chart's values, then helm upgrade",
    ),
});
