// A node from `kubectl describe node`.
import type { Node } from "../../model/kubernetes.ts";
import { type Described, flagOf } from "./describe-container.ts";
import { conditionRows } from "./describe-pod.ts";
import { type Entry, find, pairsOf, shownValue } from "./describe-tree.ts";
import { known } from "./row.ts";

export function nodeFromEntries(entries: readonly Entry[], name: string, text: Described): Node {
  const [first] = entries;
  const info = find(entries, "System Info")?.children ?? [];
  const section = find(entries, "Conditions");
  const conditions = section && conditionRows(section, text);
  const ready = conditions?.find((condition) => condition.type === "Ready")?.status;
  const unschedulable = flagOf(shownValue(entries, "Unschedulable"));
  return {
    at: first ? text.place(first) : { source: "" },
    name,
    ...known({
      ready: ready === undefined ? undefined : ready === "True",
      statusText:
        ready === undefined
          ? undefined
          : `${ready === "True" ? "Ready" : "NotReady"}${unschedulable ? ",SchedulingDisabled" : ""}`,
      unschedulable,
      version: shownValue(info, "Kubelet Version"),
      runtime: shownValue(info, "Container Runtime Version"),
      osImage: shownValue(info, "OS Image"),
      arch: shownValue(info, "Architecture"),
      labels: pairsOf(find(entries, "Labels"), "="),
      taints: taintsOf(find(entries, "Taints")),
      conditions,
      internalIP: shownValue(find(entries, "Addresses")?.children ?? [], "InternalIP"),
    }),
  };
}

/** `key=value:NoSchedule`, one per line. */
function taintsOf(entry: Entry | undefined): Node["taints"] {
  if (!entry) return undefined;
  return [entry.value, ...entry.children.map((child) => child.text)].flatMap((line) => {
    const match = /^([^\s=:]+)(?:=([^\s:]*))?:(\w+)$/.exec(line.trim());
    if (!match?.[1]) return [];
    return [{ key: match[1], ...known({ value: match[2] || undefined, effect: match[3] }) }];
  });
}
