// No node has room for what the pod requests.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/insufficient-resources",
  title: "No node has enough unreserved CPU or memory for the pod's requests",
  why: "The scheduler counts requests, not use. When every node's allocatable CPU, memory, ephemeral storage or number of pods is reserved already, the pod stays Pending with Insufficient …, even if the nodes are idle.",
  severity: "critical",
  component: "kubernetes",
  layer: "scheduling",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "nodes are available: {why*}Insufficient memory",
    "nodes are available: {why*}Insufficient cpu",
    "nodes are available: {why*}Insufficient ephemeral-storage",
    "nodes are available: {why*}Too many pods",
    "node(s) Insufficient memory",
  ],
  except: ["volume node affinity conflict", "free ports for the requested"],
  recoveredBy: ["Successfully assigned"],
  says: ({ line, component }) => {
    const what = [...new Set(line.text.match(/Insufficient [\w-]+|Too many pods/g) ?? [])].join(", ");
    const request = component?.container?.requests;
    const asks = request
      ? ` (it requests ${Object.entries(request)
          .map(([key, value]) => `${key} ${value}`)
          .join(", ")})`
      : "";
    return `${line.pod ? `Pod ${line.pod}` : "The pod"} cannot be scheduled: ${what}${asks}: no node has that much unreserved`;
  },
  rivals: [{ rule: "kubernetes/quota-exceeded", tellApart: "a quota refuses the pod before it exists" }],
  decideWith: "kubectl describe nodes | sed -n '/^Allocated resources/,/^Events/p'",
  references: [
    "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#my-pods-are-pending-with-event-message-failedscheduling",
  ],
  fix: () => ({
    summary:
      "Lower the pod's resources.requests to what it really uses, free reservations of other pods, or add a node",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See what is reserved on each node",
        command: "kubectl describe nodes | grep -A8 'Allocated resources'",
      },
    ],
  }),
});
