// Every node (or every node that would do) has a taint the pod does not tolerate.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/untolerated-taint",
  title: "The nodes have a taint that the pod does not tolerate, so it cannot be scheduled",
  why: "A taint keeps pods away that do not tolerate it. On a single-node cluster whose control plane is still tainted, or where the workers are tainted for something else, no node is left and the pod stays Pending.",
  severity: "critical",
  component: "kubernetes",
  layer: "scheduling",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "node(s) had untolerated taint {what*}",
    "node(s) had taint {what*}",
    "node(s) had taints that the pod didn't tolerate",
    "node(s) had untolerated taint",
  ],
  except: [
    "volume node affinity conflict",
    "Insufficient ",
    "free ports for the requested",
    "unbound immediate",
    "didn't match Pod's node affinity",
    "didn't match node selector",
  ],
  recoveredBy: ["Successfully assigned"],
  uses: ["kubernetes.nodes"],
  confirm: (hit, facts) => {
    const taints = [...hit.line.text.matchAll(/taint \{([^}]*)\}/g)].map((match) =>
      (match[1] ?? "").replace(/:\s*$/, "").trim(),
    );
    const keys = [...new Set(taints)];
    const pressure = keys.find((key) => /^node\.kubernetes\.io\//.test(key));
    if (
      pressure &&
      keys.every((key) =>
        /^node\.kubernetes\.io\/(not-ready|unreachable|disk-pressure|memory-pressure|pid-pressure|network-unavailable|unschedulable)/.test(
          key,
        ),
      )
    )
      return { holds: false };
    const tainted = facts["kubernetes.nodes"].filter((node) => (node.taints?.length ?? 0) > 0);
    return {
      holds: true,
      says: `${hit.line.pod ? `Pod ${hit.line.pod}` : "The pod"} cannot be scheduled: the nodes have the taint ${keys.length > 0 ? keys.join(", ") : "that the event does not name"}, and the pod has no toleration for it`,
      proof: tainted.slice(0, 2).map((node) => node.at),
    };
  },
  says: () => "A taint is not tolerated",
  rivals: [
    {
      rule: "kubernetes/node-not-ready",
      tellApart:
        "taints node.kubernetes.io/not-ready and unreachable are set by the cluster itself, when a node is down",
    },
  ],
  decideWith: "kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints",
  references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/"],
  fix: () => ({
    summary:
      "Add a toleration for that taint to the pod (chart: tolerations), or remove the taint from a node that should run it (kubectl taint nodes NODE KEY-)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See the taints",
        command: "kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints",
      },
    ],
  }),
});
