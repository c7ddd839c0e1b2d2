// A DaemonSet whose every pod asks for the logs of all pods.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Component } from "../../../model/stack.ts";
import { type AlloyConfig, readAlloyConfig } from "../../../stack/alloy-config.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "alloy{rest*}daemonset",
  "daemonset{rest*}alloy",
  "as a DaemonSet",
  "controller type daemonset",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "alloy/every-node-tails-all-pods",
  title:
    "Alloy runs as a DaemonSet, and every pod of it tails the pods of all nodes: discovery.kubernetes is not limited to its own node",
  why: "loki.source.kubernetes reads through the API server and can read any pod. Without a field selector spec.nodeName (or clustering) each node's Alloy tails every pod: lines arrive once per node, the API server and the kubelets hold a stream per pod and node, and the kubelets run out of inotify instances (failed to create fsnotify watcher: too many open files).",
  severity: "critical",
  component: "alloy",
  layer: "config",
  nature: "cause",
  effect: "no-data-out",
  needs: ["config.documents"],
  uses: ["text.lines", "kubernetes.workloads"],
  texts,
  decideWith: "kubectl get ds -A | grep alloy; grep -n -A6 'discovery.kubernetes\\|clustering' config.alloy",
  references: [
    "https://github.com/grafana/alloy/issues/1217",
    "https://grafana.com/docs/alloy/latest/reference/components/discovery/discovery.kubernetes/#selectors-block",
  ],
  explains: [
    {
      rule: "host/inotify-instances-exhausted",
      via: "anything",
      mechanism: "every log stream costs the kubelet a watch, times the number of nodes",
    },
  ],
  check(facts, stack) {
    return facts["config.documents"].flatMap((doc): FindingDraft[] => {
      if (doc.kind !== "alloy") return [];
      const config = readAlloyConfig(doc);
      const reader = config.components.find(({ name }) => name === "loki.source.kubernetes");
      const discovery = config.components.find(({ name }) => name === "discovery.kubernetes");
      if (!reader || !discovery || isLimited(config)) return [];
      const component = stack.components.find(({ configs }) => configs.includes(doc));
      const shown = daemonSet(component, facts);
      if (!shown) return [];
      return [
        {
          subject: { kind: "component", id: component?.id ?? "alloy" },
          ...(component ? { component: component.id } : {}),
          says: `${discovery.id} finds the pods of the whole cluster, and ${reader.id} tails them from every pod of the DaemonSet: limit it with selectors { role = "pod" field = "spec.nodeName=" + sys.env("HOSTNAME") } or enable clustering`,
          proof: [discovery.at, reader.at, shown],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      'In discovery.kubernetes: selectors { role = "pod" field = "spec.nodeName=" + coalesce(sys.env("HOSTNAME"), constants.hostname) }; or clustering { enabled = true } in loki.source.kubernetes with alloy.clustering.enabled; or one replica (controller.type: deployment)',
      "In the Alloy configuration",
    ),
});

/** The own node in a selector or a relabelling, or work that the cluster shares out. */
function isLimited({ doc, components }: AlloyConfig): boolean {
  if (/clustering\s*\{\s*enabled\s*=\s*true/.test(doc.text)) return true;
  return components.some(({ value }) => /nodeName|node_name|HOSTNAME|NODE_NAME/.test(JSON.stringify(value)));
}

function daemonSet(
  component: Component | undefined,
  facts: Parameters<typeof rule.check>[0],
): FindingDraft["proof"][number] | undefined {
  if (component?.workload) return component.workload.kind === "DaemonSet" ? component.workload.at : undefined;
  const workload = facts["kubernetes.workloads"].find(
    ({ kind, name }) => kind === "DaemonSet" && /alloy|agent|k8s-monitoring/.test(name),
  );
  if (workload) return workload.at;
  const said = facts["text.lines"].find((line) => line.stream === "note" && matches(patterns, line));
  return said ? { ...said.at, excerpt: said.text } : undefined;
}
