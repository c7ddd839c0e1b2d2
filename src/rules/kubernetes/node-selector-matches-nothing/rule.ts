// nodeSelector or affinity names a label that no (free) node has.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/node-selector-matches-nothing",
  title: "No schedulable node has the labels that the pod's nodeSelector or node affinity demands",
  why: "A nodeSelector with a misspelt label, a host name of a node that was renamed, or an old label (beta.kubernetes.io/os, node-role.kubernetes.io/master) matches no node: the pod stays Pending.",
  severity: "critical",
  component: "kubernetes",
  layer: "scheduling",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "node(s) didn't match Pod's node affinity/selector",
    "node(s) didn't match node selector",
    "node(s) didn't match pod's node affinity",
  ],
  except: ["volume node affinity conflict", "Insufficient ", "free ports for the requested"],
  recoveredBy: ["Successfully assigned"],
  uses: ["kubernetes.nodes"],
  confirm: (hit, facts) => {
    const spec =
      hit.component?.pods.find((pod) => pod.spec?.nodeSelector)?.spec ?? hit.component?.workload?.spec;
    const selector = Object.entries(spec?.nodeSelector ?? {});
    const missing = selector.filter(
      ([key, value]) => !facts["kubernetes.nodes"].some((node) => node.labels?.[key] === value),
    );
    const shown = (missing.length > 0 ? missing : selector)
      .map(([key, value]) => `${key}=${value}`)
      .join(", ");
    return {
      holds: true,
      says: `${hit.line.pod ? `Pod ${hit.line.pod}` : "The pod"} cannot be scheduled: no node matches its nodeSelector or affinity${shown ? ` (${shown})` : ""}`,
      proof: spec?.nodeSelector ? [spec.at] : [],
    };
  },
  says: ({ line }) => line.text,
  decideWith: "kubectl get nodes --show-labels",
  references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/"],
  fix: () => ({
    summary: "Correct the nodeSelector (or affinity), or label a node: kubectl label node NODE KEY=VALUE",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Compare with the nodes' labels", command: "kubectl get nodes --show-labels" },
    ],
  }),
});
