// Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs and CronJobs from API JSON or YAML.
import type { Workload } from "../../model/kubernetes.ts";
import type { ObjectHead } from "./object-head.ts";
import { specFromNode } from "./object-spec.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

export function workloadFromNode(node: TreeNode, head: ObjectHead, kind: Workload["kind"]): Workload {
  const template =
    kind === "CronJob" ? node.get("spec", "jobTemplate", "spec", "template") : node.get("spec", "template");
  const spec = template?.get("spec");
  return {
    at: head.at,
    origin: head.origin,
    kind,
    name: head.name,
    ...known({
      namespace: head.namespace,
      labels: node.record("metadata", "labels"),
      selector: node.record("spec", "selector", "matchLabels"),
      templateLabels: template?.record("metadata", "labels"),
      templateAnnotations: template?.record("metadata", "annotations"),
      ...countsOf(node, head, kind),
      updateStrategy: node.text("spec", "updateStrategy", "type") ?? node.text("spec", "strategy", "type"),
      serviceName: node.text("spec", "serviceName"),
      volumeClaimTemplates: node.get("spec", "volumeClaimTemplates")?.items().map(claimTemplate),
      spec: spec && specFromNode(spec),
    }),
  };
}

/** The API leaves out zeros, so a live object without `readyReplicas` has none ready. */
function countsOf(node: TreeNode, head: ObjectHead, kind: Workload["kind"]) {
  const status = node.get("status");
  const live = head.origin === "live" && status !== undefined;
  const reported = (key: string) => (live ? (status.number(key) ?? 0) : undefined);
  if (kind === "DaemonSet") {
    return {
      desired: reported("desiredNumberScheduled"),
      current: reported("currentNumberScheduled"),
      ready: reported("numberReady"),
    };
  }
  if (kind === "Job") {
    return { desired: node.number("spec", "completions") ?? 1, ready: reported("succeeded") };
  }
  if (kind === "CronJob") return {};
  return {
    desired: node.number("spec", "replicas") ?? 1,
    current: reported("replicas"),
    ready: reported("readyReplicas"),
  };
}

function claimTemplate(node: TreeNode): NonNullable<Workload["volumeClaimTemplates"]>[number] {
  return {
    at: node.at,
    name: node.text("metadata", "name") ?? "",
    ...known({
      storageClass: node.text("spec", "storageClassName"),
      accessModes: node.texts("spec", "accessModes"),
    }),
  };
}
