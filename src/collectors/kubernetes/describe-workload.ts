// Deployments, StatefulSets, DaemonSets, ReplicaSets, Jobs and CronJobs from `kubectl describe`.
import type { Workload } from "../../model/kubernetes.ts";
import { type Described, numberOf } from "./describe-container.ts";
import { type DescribedName, specFromEntries } from "./describe-pod.ts";
import { type Entry, find, pairsOf, shownValue } from "./describe-tree.ts";
import { known } from "./row.ts";

export function workloadFromEntries(
  entries: readonly Entry[],
  who: DescribedName,
  kind: Workload["kind"],
  text: Described,
): Workload {
  const [first] = entries;
  const template = find(entries, "Pod Template")?.children ?? [];
  return {
    at: first ? text.place(first) : { source: "" },
    origin: "live",
    kind,
    ...who,
    ...known({
      labels: pairsOf(find(entries, "Labels"), "="),
      selector: pairsOf(find(entries, "Selector"), "="),
      templateLabels: pairsOf(find(template, "Labels"), "="),
      templateAnnotations: pairsOf(find(template, "Annotations"), ":"),
      ...countsOf(entries),
      updateStrategy: shownValue(entries, "Update Strategy") ?? shownValue(entries, "StrategyType"),
      volumeClaimTemplates: claimTemplates(find(entries, "Volume Claims"), text),
      spec: specFromEntries(template, text),
    }),
  };
}

/** "Pods Status" counts running pods, which need not be ready; only Deployments and DaemonSets show availability. */
function countsOf(entries: readonly Entry[]): Pick<Workload, "desired" | "current" | "ready"> {
  const replicas = shownValue(entries, "Replicas") ?? "";
  const count = (word: string) => numberOf(new RegExp(`(\\d+) ${word}\\b`).exec(replicas)?.[1]);
  const number = (key: string) => numberOf(shownValue(entries, key));
  return known({
    desired: count("desired") ?? number("Desired Number of Nodes Scheduled") ?? number("Completions"),
    current: count("total") ?? count("current") ?? number("Current Number of Nodes Scheduled"),
    ready: count("available") ?? number("Number of Nodes Scheduled with Available Pods"),
  });
}

function claimTemplates(entry: Entry | undefined, text: Described): Workload["volumeClaimTemplates"] {
  if (!entry) return undefined;
  const claims: {
    at: ReturnType<Described["place"]>;
    name: string;
    storageClass?: string;
    accessModes?: readonly string[];
  }[] = [];
  for (const child of entry.children) {
    const last = claims.at(-1);
    if (child.key === "Name") claims.push({ at: text.place(child), name: child.value });
    else if (child.key === "StorageClass" && last && child.value) last.storageClass = child.value;
    else if (child.key === "Access Modes" && last)
      last.accessModes = child.value.replace(/[[\]]/g, "").split(/[\s,]+/);
  }
  return claims;
}
