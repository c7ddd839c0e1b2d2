// Nodes and events from API JSON or YAML.
import type { Node } from "../../model/kubernetes.ts";
import { containerOfFieldPath, objectOfEventName, type RawEvent } from "./events.ts";
import { type ObjectHead, parseTime } from "./object-head.ts";
import { conditionStatus, conditionsFromNode } from "./object-pod.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

export function nodeFromNode(node: TreeNode, head: ObjectHead): Node {
  const status = node.get("status");
  const info = status?.get("nodeInfo");
  const ready = status && conditionStatus(status, "Ready");
  const unschedulable = node.flag("spec", "unschedulable") ?? (status ? false : undefined);
  const addresses = status?.get("addresses")?.items() ?? [];
  const taints = node.get("spec", "taints")?.items();
  return {
    at: head.at,
    name: head.name,
    ...known({
      ready: ready === undefined ? undefined : ready === "True",
      statusText:
        ready === undefined
          ? undefined
          : `${ready === "True" ? "Ready" : "NotReady"}${unschedulable ? ",SchedulingDisabled" : ""}`,
      unschedulable,
      version: info?.text("kubeletVersion"),
      runtime: info?.text("containerRuntimeVersion"),
      osImage: info?.text("osImage"),
      arch: info?.text("architecture"),
      labels: node.record("metadata", "labels"),
      taints: taints?.map((taint) => ({
        key: taint.text("key") ?? "",
        ...known({ value: taint.text("value"), effect: taint.text("effect") }),
      })),
      conditions: status && conditionsFromNode(status),
      internalIP: addresses.find((item) => item.text("type") === "InternalIP")?.text("address"),
    }),
  };
}

/** Both APIs: v1 (involvedObject, message) and events.k8s.io/v1 (regarding, note). */
export function eventFromNode(node: TreeNode, head: ObjectHead): RawEvent | undefined {
  const object = node.get("involvedObject") ?? node.get("regarding");
  const reason = node.text("reason");
  const message = node.get("message") ?? node.get("note");
  if (reason === undefined || !message) return undefined;
  const lastSeenMs =
    parseTime(node.text("series", "lastObservedTime")) ??
    parseTime(node.text("lastTimestamp")) ??
    parseTime(node.text("deprecatedLastTimestamp")) ??
    parseTime(node.text("eventTime")) ??
    parseTime(node.text("firstTimestamp")) ??
    parseTime(node.text("metadata", "creationTimestamp"));
  return {
    at: message.at,
    reason,
    message: message.text() ?? "",
    ...known({
      namespace: object?.text("namespace") ?? head.namespace,
      name: object?.text("name") ?? objectOfEventName(head.name),
      objectKind: object?.text("kind"),
      type: node.text("type"),
      count: node.number("series", "count") ?? node.number("count") ?? node.number("deprecatedCount"),
      container: containerOfFieldPath(object?.text("fieldPath")),
      lastSeenMs,
    }),
  };
}
