// A pod from `kubectl describe pod`, and the pod template of a described workload.
import type { Container, Pod, PodSpec } from "../../model/kubernetes.ts";
import { containerFromEntry, type Described, timeOf, volumeFromEntry } from "./describe-container.ts";
import { type Entry, find, pairsOf, shownValue } from "./describe-tree.ts";
import { known } from "./row.ts";

/** Who the described object is. */
export interface DescribedName {
  readonly name: string;
  readonly namespace?: string;
}

export function podFromEntries(entries: readonly Entry[], who: DescribedName, text: Described): Pod {
  const [first] = entries;
  const status = shownValue(entries, "Status");
  const terminating = status?.startsWith("Terminating") ? true : undefined;
  const owner = /^(\w+)\/(\S+)/.exec(
    shownValue(entries, "Controlled By") ?? shownValue(entries, "Controllers") ?? "",
  );
  const node = shownValue(entries, "Node")?.split("/")[0];
  const spec = specFromEntries(entries, text);
  const main = spec?.containers.filter((container) => !container.init) ?? [];
  const conditions = find(entries, "Conditions");
  const ready = conditions?.children.find((entry) => /^Ready\s/.test(entry.text));
  const restarts = main.flatMap((container) => container.restartCount ?? []);
  const statusText = shownValue(entries, "Reason") ?? waitingReason(spec?.containers ?? []);
  return {
    at: first ? text.place(first) : { source: "" },
    origin: "live",
    ...who,
    ...known({
      labels: pairsOf(find(entries, "Labels"), "="),
      annotations: pairsOf(find(entries, "Annotations"), ":"),
      ownerKind: owner?.[1],
      ownerName: owner?.[2],
      node: node === "<none>" ? undefined : node,
      ip: shownValue(entries, "IP"),
      phase: terminating ? undefined : status,
      statusText: terminating ? "Terminating" : (statusText ?? status),
      statusMessage: shownValue(entries, "Message"),
      readyContainers: main.some((c) => c.ready !== undefined)
        ? main.filter((c) => c.ready).length
        : undefined,
      totalContainers: main.some((c) => c.ready !== undefined) ? main.length : undefined,
      ready: ready ? /^Ready\s+True/.test(ready.text) : undefined,
      restarts: restarts.length > 0 ? restarts.reduce((sum, count) => sum + count, 0) : undefined,
      startedMs: timeOf(shownValue(entries, "Start Time")),
      deleting: terminating,
      conditions: conditions && conditionRows(conditions, text),
      spec,
    }),
  };
}

/** STATUS of `kubectl get` as far as containers tell it. */
function waitingReason(containers: readonly Container[]): string | undefined {
  for (const { init, state } of containers) {
    if (!state || state.state === "running" || (state.state === "terminated" && state.exitCode === 0))
      continue;
    if (state.reason === undefined || state.reason === "PodInitializing") continue;
    return init ? `Init:${state.reason}` : state.reason;
  }
  return undefined;
}

/** Pods show two columns, nodes and claims show reason and message too. */
export function conditionRows(entry: Entry, text: Described): NonNullable<Pod["conditions"]> {
  return entry.children.flatMap((child) => {
    const [type = "", status = "", ...more] = child.text.split(/\s{2,}/);
    if (!/^[A-Z]\w+$/.test(type) || !/^(?:True|False|Unknown)$/.test(status.trim())) return [];
    const words = more.filter((cell) => !/^[A-Z][a-z]{2}, \d{2} |^\d+-\d+-\d+T|^<\w+>$/.test(cell));
    const [reason, ...message] = words;
    return [
      {
        at: text.place(child),
        type,
        status: status.trim(),
        ...known({ reason, message: message.length > 0 ? message.join("  ") : undefined }),
      },
    ];
  });
}

/** Undefined when no container is shown. */
export function specFromEntries(entries: readonly Entry[], text: Described): PodSpec | undefined {
  const init = find(entries, "Init Containers");
  const main = find(entries, "Containers");
  const [anchor] = [main, init].filter((entry) => entry !== undefined);
  if (!anchor) return undefined;
  const containers = [
    ...(init?.children ?? []).filter(isContainer).map((entry) => containerFromEntry(entry, true, text)),
    ...(main?.children ?? []).filter(isContainer).map((entry) => containerFromEntry(entry, false, text)),
  ];
  const tolerations = find(entries, "Tolerations");
  return {
    at: text.place(anchor),
    containers,
    volumes: (find(entries, "Volumes")?.children ?? [])
      .filter((entry) => entry.key !== "" && entry.children.length > 0)
      .map((entry) => volumeFromEntry(entry, text)),
    ...known({
      serviceAccount: shownValue(entries, "Service Account"),
      security: securityOf(entries, text),
      nodeSelector: pairsOf(find(entries, "Node-Selectors"), "="),
      tolerations: tolerations && tolerationsOf(tolerations),
    }),
  };
}

/** Of the pod's security context describe shows the seccomp profile alone. */
function securityOf(entries: readonly Entry[], text: Described): PodSpec["security"] {
  const entry = find(entries, "SeccompProfile");
  return entry && entry.value !== "" ? { at: text.place(entry), seccompProfile: entry.value } : undefined;
}

function isContainer(entry: Entry): boolean {
  return entry.key !== "" && entry.value === "" && entry.children.length > 0;
}

/** `key=value:Effect op=Exists for 300s` */
function tolerationsOf(entry: Entry): NonNullable<PodSpec["tolerations"]> {
  return [entry.value, ...entry.children.map((child) => child.text)].flatMap((line) => {
    const match = /^([^\s=:]+)?(?:=([^\s:]*))?(?::(\w+))?(?: op=(\w+))?/.exec(line);
    if (line === "" || line === "<none>" || !match) return [];
    const [, key, value, effect, operator] = match;
    return [known({ key, value, effect, operator })];
  });
}
