// A pod from API JSON or YAML, with the STATUS that `kubectl get` would print.
import type { Container, ContainerState, Pod } from "../../model/kubernetes.ts";
import { type ObjectHead, parseTime } from "./object-head.ts";
import { specFromNode } from "./object-spec.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

export function podFromNode(node: TreeNode, head: ObjectHead): Pod {
  const status = node.get("status");
  const specNode = node.get("spec");
  const spec = specNode && specFromNode(specNode);
  const states = statusesByName(status);
  const containers = spec?.containers.map((container) => withStatus(container, states.get(container.name)));
  const main = status?.get("containerStatuses")?.items() ?? [];
  const owner = node.get("metadata", "ownerReferences")?.items()[0];
  const deleting = node.get("metadata", "deletionTimestamp") !== undefined;
  const ready = status && conditionStatus(status, "Ready");
  return {
    at: head.at,
    origin: head.origin,
    name: head.name,
    ...known({
      uid: node.text("metadata", "uid"),
      namespace: head.namespace,
      labels: node.record("metadata", "labels"),
      annotations: head.annotations,
      ownerKind: owner?.text("kind"),
      ownerName: owner?.text("name"),
      node: node.text("spec", "nodeName"),
      ip: status?.text("podIP"),
      phase: status?.text("phase"),
      statusText: status && statusText(node, status, deleting),
      statusMessage: status?.text("message"),
      readyContainers: main.length > 0 ? main.filter((item) => item.flag("ready")).length : undefined,
      totalContainers: main.length > 0 ? main.length : undefined,
      ready: ready === undefined ? undefined : ready === "True",
      restarts: main.length > 0 ? sum(main.map((item) => item.number("restartCount") ?? 0)) : undefined,
      startedMs: parseTime(status?.text("startTime")),
      deleting: deleting ? true : undefined,
      conditions: status && conditionsFromNode(status),
      spec: spec && containers ? { ...spec, containers } : undefined,
    }),
  };
}

function statusesByName(status: TreeNode | undefined): Map<string, TreeNode> {
  const lists = ["initContainerStatuses", "containerStatuses"].flatMap(
    (key) => status?.get(key)?.items() ?? [],
  );
  return new Map(lists.map((item) => [item.text("name") ?? "", item]));
}

function withStatus(container: Container, status: TreeNode | undefined): Container {
  if (!status) return container;
  return {
    ...container,
    ...known({
      ready: status.flag("ready"),
      restartCount: status.number("restartCount"),
      state: stateFromNode(status.get("state")),
      lastState: stateFromNode(status.get("lastState")),
    }),
  };
}

function stateFromNode(node: TreeNode | undefined): ContainerState | undefined {
  for (const state of ["running", "waiting", "terminated"] as const) {
    const inner = node?.get(state);
    if (!inner) continue;
    return {
      at: inner.at,
      state,
      ...known({
        reason: inner.text("reason"),
        message: inner.text("message"),
        exitCode: inner.number("exitCode"),
        signal: inner.number("signal"),
        startedMs: parseTime(inner.text("startedAt")),
        finishedMs: parseTime(inner.text("finishedAt")),
      }),
    };
  }
  return undefined;
}

export function conditionsFromNode(status: TreeNode): Pod["conditions"] {
  return status
    .get("conditions")
    ?.items()
    .map((item) => ({
      at: item.at,
      type: item.text("type") ?? "",
      status: item.text("status") ?? "",
      ...known({
        reason: item.text("reason"),
        message: item.text("message"),
        sinceMs: parseTime(item.text("lastTransitionTime")),
      }),
    }));
}

export function conditionStatus(status: TreeNode, type: string): string | undefined {
  return status
    .get("conditions")
    ?.items()
    .find((item) => item.text("type") === type)
    ?.text("status");
}

/** As kubectl computes it (pkg/printers/internalversion/printers.go, printPod). */
function statusText(node: TreeNode, status: TreeNode, deleting: boolean): string | undefined {
  const plain = status.text("reason") ?? status.text("phase");
  if (deleting) return plain === "NodeLost" ? "Unknown" : "Terminating";
  return initText(node, status) ?? containersText(status, plain) ?? plain;
}

function initText(node: TreeNode, status: TreeNode): string | undefined {
  const list = status.get("initContainerStatuses")?.items() ?? [];
  const specs = new Map(
    (node.get("spec", "initContainers")?.items() ?? []).map((item) => [item.text("name"), item]),
  );
  for (const [i, item] of list.entries()) {
    const ended = item.get("state", "terminated");
    if (ended?.number("exitCode") === 0) continue;
    const isSidecar = specs.get(item.text("name"))?.text("restartPolicy") === "Always";
    if (isSidecar && item.flag("started")) continue;
    if (ended) return `Init:${ended.text("reason") ?? endText(ended)}`;
    const waiting = item.text("state", "waiting", "reason");
    if (waiting && waiting !== "PodInitializing") return `Init:${waiting}`;
    return `Init:${i}/${specs.size || list.length}`;
  }
  return undefined;
}

function containersText(status: TreeNode, plain: string | undefined): string | undefined {
  let text: string | undefined;
  let running = false;
  for (const item of (status.get("containerStatuses")?.items() ?? []).reverse()) {
    const waiting = item.text("state", "waiting", "reason");
    const ended = item.get("state", "terminated");
    if (waiting) text = waiting;
    else if (ended) text = ended.text("reason") || endText(ended);
    else if (item.flag("ready") && item.get("state", "running")) running = true;
  }
  if (text === "Completed" && running) {
    return conditionStatus(status, "Ready") === "True" ? "Running" : "NotReady";
  }
  return text ?? plain;
}

function endText(ended: TreeNode): string {
  const signal = ended.number("signal") ?? 0;
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${ended.number("exitCode") ?? 0}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
