// Nodes, resource use and objects that are known by name only, from the rows of `kubectl get` and `kubectl top`.
import type { Sample } from "../../model/api.ts";
import type { KubernetesObject, Node } from "../../model/kubernetes.ts";
import { known, parseLabels, type Row, shown } from "./row.ts";

export function nodeFromRow(row: Row): Node {
  const status = row.cells.STATUS;
  const words = (status ?? "").split(",");
  return {
    at: row.at,
    name: row.name,
    ...known({
      ready: status === undefined ? undefined : words.includes("Ready"),
      statusText: status,
      unschedulable: status === undefined ? undefined : words.includes("SchedulingDisabled"),
      version: shown(row, "VERSION"),
      runtime: shown(row, "CONTAINERRUNTIME"),
      osImage: shown(row, "OSIMAGE"),
      arch: /\((\w+)\)$/.exec(row.cells.KERNELVERSION ?? "")?.[1],
      internalIP: shown(row, "INTERNALIP"),
      labels: parseLabels(row.cells.LABELS),
    }),
  };
}

/** What a table says about an object of a kind without facts of its own: that it exists. */
export function objectFromRow(row: Row): KubernetesObject {
  const { kind, apiVersion } = row.type;
  const labels = parseLabels(row.cells.LABELS);
  const metadata = known({ name: row.name, namespace: row.namespace, labels });
  const status = kind === "ResourceQuota" ? quotaOf(row) : phaseOf(row);
  return {
    at: row.at,
    origin: "live",
    kind,
    apiVersion,
    name: row.name,
    ...known({ namespace: row.namespace }),
    value: { apiVersion, kind, metadata, ...(status ? { status } : {}) },
    lines: { "": row.at.line ?? 1 },
  };
}

function phaseOf(row: Row): { readonly phase: string } | undefined {
  const phase = row.type.kind === "Namespace" ? shown(row, "STATUS") : undefined;
  return phase === undefined ? undefined : { phase };
}

/** `pods: 3/10, requests.cpu: 500m/2` → used and hard, as the object's status has them. */
function quotaOf(row: Row) {
  const used: Record<string, string> = {};
  const hard: Record<string, string> = {};
  const text = `${row.cells.REQUEST ?? ""},${row.cells.LIMIT ?? ""}`;
  for (const [, what = "", now = "", most = ""] of text.matchAll(
    /([a-z][\w./-]{0,100}): ([^\s,/]{1,40})\/([^\s,/]{1,40})/g,
  )) {
    used[what] = now;
    hard[what] = most;
  }
  return Object.keys(hard).length > 0 ? { used, hard } : undefined;
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  Ki: 1024,
  M: 1e6,
  Mi: 1024 ** 2,
  G: 1e9,
  Gi: 1024 ** 3,
  T: 1e12,
  Ti: 1024 ** 4,
};

/** `250m` cores, `1536Mi` bytes. */
export function parseQuantity(text: string | undefined): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([numkKMGT]?i?)$/.exec(text ?? "");
  const unit = units[match?.[2] ?? "?"];
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}

/** `kubectl top`: samples named after what they measure. */
export function samplesFromRow(row: Row): readonly Sample[] {
  const what = row.type.kind === "NodeMetrics" ? "node" : "pod";
  const container = row.columns.has("POD") ? row.cells.NAME : undefined;
  const labels = known({
    [what]: row.columns.has("POD") ? (row.cells.POD ?? row.name) : row.name,
    namespace: row.namespace,
    container,
  }) as Record<string, string>;
  const cpu = parseQuantity(row.cells["CPU(CORES)"]);
  const memory = parseQuantity(row.cells["MEMORY(BYTES)"]);
  const samples: Sample[] = [];
  if (cpu !== undefined)
    samples.push({ at: row.at, name: `kubectl_top_${what}_cpu_cores`, labels, value: cpu });
  if (memory !== undefined) {
    samples.push({ at: row.at, name: `kubectl_top_${what}_memory_bytes`, labels, value: memory });
  }
  return samples;
}
