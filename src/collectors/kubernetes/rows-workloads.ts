// Pods and workloads from the rows of `kubectl get` tables.
import type { Pod, Workload } from "../../model/kubernetes.ts";
import { parseAge, parseRestarts } from "./ages.ts";
import { count, fraction, known, parseLabels, type Row, shown } from "./row.ts";

const phases: Readonly<Record<string, string>> = {
  Pending: "Pending",
  Running: "Running",
  Succeeded: "Succeeded",
  Completed: "Succeeded",
  Failed: "Failed",
  Evicted: "Failed",
  Unknown: "Unknown",
};

export function podFromRow(row: Row): Pod {
  const ready = fraction(row.cells.READY);
  const restarts = parseRestarts(row.cells.RESTARTS);
  const status = row.cells.STATUS;
  return {
    at: row.at,
    origin: "live",
    name: row.name,
    ...known({
      namespace: row.namespace,
      labels: parseLabels(row.cells.LABELS),
      node: shown(row, "NODE"),
      ip: shown(row, "IP"),
      phase: phases[status ?? ""],
      statusText: status,
      readyContainers: ready?.[0],
      totalContainers: ready?.[1],
      ready: ready && isReady(ready, status),
      restarts: restarts?.count,
      lastRestartSecondsAgo: restarts?.secondsAgo,
      ageSeconds: parseAge(row.cells.AGE),
      deleting: status === "Terminating" ? true : undefined,
    }),
  };
}

/** Readiness gates aside, a pod is ready when all its containers are; a finished one is not. */
function isReady([ready, total]: readonly [number, number], status: string | undefined): boolean | undefined {
  if (ready < total || total === 0) return false;
  return status === undefined || status === "Running" ? true : undefined;
}

const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"] as const;

export function isWorkloadKind(kind: string): kind is Workload["kind"] {
  return (workloadKinds as readonly string[]).includes(kind);
}

export function workloadFromRow(row: Row, kind: Workload["kind"]): Workload {
  const ready = fraction(row.cells.READY ?? row.cells.COMPLETIONS);
  const succeeded = kind === "Job" ? count(row, "SUCCESSFUL") : undefined;
  return {
    at: row.at,
    origin: "live",
    kind,
    name: row.name,
    ...known({
      namespace: row.namespace,
      labels: parseLabels(row.cells.LABELS),
      selector: parseLabels(row.cells.SELECTOR),
      desired: ready?.[1] ?? count(row, "DESIRED"),
      current: count(row, "CURRENT"),
      ready: ready?.[0] ?? count(row, "READY") ?? count(row, "AVAILABLE") ?? succeeded,
    }),
  };
}
