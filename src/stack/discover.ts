// Finds the components in the facts: by image, flags, labels and names of pods and containers, by configuration, by log dialect.
import type { ComponentKind } from "../model/component.ts";
import type { DockerContainer } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { Container, Pod, PodSpec, Workload } from "../model/kubernetes.ts";
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";
import { canaryLabel } from "./canary-pods.ts";
import { addArgument, type Draft, ensure, useContainer } from "./component-draft.ts";
import { addConfig } from "./config-owner.ts";
import { kindOfArguments, kindOfImage, kindOfName, kindOfProgram, versionOfImage } from "./identify.ts";
import { workloadOfPod } from "./pod-name.ts";
import { attachServices } from "./services-of.ts";

/** All components, in a stable order. */
export function discoverComponents(facts: Facts): Component[] {
  const drafts = new Map<string, Draft>();
  for (const workload of facts["kubernetes.workloads"]) addWorkload(drafts, workload);
  for (const pod of facts["kubernetes.pods"]) addPod(drafts, pod);
  for (const container of facts["docker.containers"]) addDocker(drafts, container);
  for (const process of facts["host.processes"]) addProcess(drafts, process);
  for (const unit of facts["host.units"]) addUnit(drafts, unit);
  addCustomResources(drafts, facts);
  for (const document of facts["config.documents"]) addConfig(drafts, document);
  addMentioned(drafts, facts);
  attachServices(drafts, facts["kubernetes.services"]);
  attachVersions(drafts, facts);
  return [...drafts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function addWorkload(drafts: Map<string, Draft>, workload: Workload): void {
  if (workload.kind === "ReplicaSet" && workload.desired === 0) return;
  const name = workload.kind === "ReplicaSet" ? workload.name.replace(/-[a-f0-9]{5,10}$/, "") : workload.name;
  for (const found of kindsInSpec(workload.spec, name)) {
    const draft = ensure(drafts, { ...found, namespace: workload.namespace, name, at: workload.at });
    if (!draft.workload || workload.kind !== "ReplicaSet") draft.workload = workload;
    useContainer(draft, found.container);
  }
}

function addPod(drafts: Map<string, Draft>, pod: Pod): void {
  if (pod.labels?.[canaryLabel] !== undefined) return;
  const name = nameOfPod(pod, drafts);
  for (const found of kindsInSpec(pod.spec, name)) {
    const draft = ensure(drafts, { ...found, namespace: pod.namespace, name, at: pod.at });
    draft.pods.push(pod);
    useContainer(draft, found.container);
  }
}

function nameOfPod(pod: Pod, drafts: ReadonlyMap<string, Draft>): string {
  if (pod.ownerName && pod.ownerKind !== "ReplicaSet") return pod.ownerName;
  if (pod.ownerName) return pod.ownerName.replace(/-[a-f0-9]{5,10}$/, "");
  const known = [...drafts.values()].filter(
    (draft) => draft.workload && pod.name.startsWith(`${draft.workload.name}-`),
  );
  known.sort((a, b) => b.name.length - a.name.length);
  return known[0]?.workload?.name ?? workloadOfPod(pod.name);
}

/** The first container of a known kind is the component itself, further ones are sidecars with an id of their own. */
function kindsInSpec(
  spec: PodSpec | undefined,
  name: string,
): { kind: ComponentKind; container?: Container; sidecar: boolean }[] {
  const found: { kind: ComponentKind; container?: Container; sidecar: boolean }[] = [];
  for (const container of spec?.containers ?? []) {
    if (container.init) continue;
    const kind =
      kindOfImage(container.image) ??
      kindOfArguments([...(container.command ?? []), ...(container.args ?? [])]) ??
      kindOfName(container.name);
    if (kind && !found.some((other) => other.kind === kind))
      found.push({ kind, container, sidecar: found.length > 0 });
  }
  const main = found.findIndex((entry) => entry.kind !== "config-reloader" && entry.kind !== "thanos");
  if (main > 0) {
    const [entry] = found.splice(main, 1);
    if (entry) found.unshift({ ...entry, sidecar: false });
    found.forEach((other, i) => {
      other.sidecar = i > 0;
    });
  }
  if (found.length > 0) return found;
  const byName = kindOfName(name);
  return byName ? [{ kind: byName, sidecar: false }] : [];
}

function addDocker(drafts: Map<string, Draft>, container: DockerContainer): void {
  const kind =
    kindOfImage(container.image) ??
    kindOfArguments([...(container.entrypoint ?? []), ...(container.args ?? [])]) ??
    kindOfName(container.service ?? container.name);
  if (!kind) return;
  const draft = ensure(drafts, {
    kind,
    name: container.name,
    at: container.at,
    sidecar: false,
    ...(container.host ? { host: container.host } : {}),
  });
  if (!draft.docker || container.origin === "running") draft.docker = container;
  if (container.image && !draft.image) draft.image = container.image;
  for (const text of container.args ?? []) addArgument(draft, text, container.argsAt ?? container.at);
}

function addProcess(drafts: Map<string, Draft>, process: Facts["host.processes"][number]): void {
  const kind = kindOfArguments(process.argv);
  if (!kind || kind === "docker" || kind === "kubelet") return;
  const same = [...drafts.values()].filter(
    (draft) => draft.kind === kind && (!draft.host || !process.host || draft.host === process.host),
  );
  const draft =
    same[0] ??
    ensure(drafts, {
      kind,
      name: kind,
      at: process.at,
      sidecar: false,
      ...(process.host ? { host: process.host } : {}),
    });
  for (const text of process.argv.slice(1)) addArgument(draft, text, process.at);
}

function addUnit(drafts: Map<string, Draft>, unit: Facts["host.units"][number]): void {
  const kind = kindOfProgram(unit.name);
  if (!kind || kind === "docker" || kind === "kubelet" || isOnlyInstalled(unit)) return;
  const same = [...drafts.values()].some(
    (draft) => draft.kind === kind && (draft.host ?? "") === (unit.host ?? ""),
  );
  if (!same)
    ensure(drafts, {
      kind,
      name: kind,
      at: unit.at,
      sidecar: false,
      ...(unit.host ? { host: unit.host } : {}),
    });
}

/** A package brings its unit; one that nobody started or enabled is no part of the stack. */
function isOnlyInstalled({ active, enabled }: Facts["host.units"][number]): boolean {
  return active === "inactive" && (enabled === "disabled" || enabled === "masked");
}

/** Objects of the operator stand for servers even where no pod was ever made. */
function addCustomResources(drafts: Map<string, Draft>, facts: Facts): void {
  const kinds: Readonly<Record<string, ComponentKind>> = {
    Prometheus: "prometheus",
    Alertmanager: "alertmanager",
  };
  for (const object of facts["kubernetes.objects"]) {
    const kind = object.apiVersion.startsWith("monitoring.coreos.com/") ? kinds[object.kind] : undefined;
    if (!kind) continue;
    const made = `${kind}-${object.name}`;
    const exists = [...drafts.values()].some(
      (draft) => draft.kind === kind && (draft.name === made || draft.name === object.name),
    );
    if (!exists)
      ensure(drafts, { kind, name: made, at: object.at, sidecar: false, namespace: object.namespace });
  }
}

/** Components that only logs or API answers speak of. */
function addMentioned(drafts: Map<string, Draft>, facts: Facts): void {
  const mention = (kind: ComponentKind | undefined, at: Place): void => {
    if (!kind || kind === "host" || kind === "kubernetes") return;
    if (![...drafts.values()].some((draft) => draft.kind === kind))
      ensure(drafts, { kind, name: kind, at, sidecar: false });
  };
  for (const line of facts["text.lines"]) mention(line.component, line.at);
  for (const answer of facts["component.health"]) mention(answer.component, answer.at);
  for (const flag of facts["component.flags"]) mention(flag.component, flag.at);
  for (const target of facts["prometheus.targets"]) mention("prometheus", target.at);
  for (const rule of facts["prometheus.rules"]) mention("prometheus", rule.at);
  for (const member of facts["loki.ring"]) mention("loki", member.at);
  for (const source of facts["grafana.datasources"]) mention("grafana", source.at);
}

function attachVersions(drafts: ReadonlyMap<string, Draft>, facts: Facts): void {
  for (const draft of drafts.values()) {
    const tag = versionOfImage(draft.image);
    if (tag) {
      draft.version = tag;
      draft.versionAt = draft.at;
      continue;
    }
    const stated = facts["host.versions"].filter(
      (entry) => entry.of === draft.kind && (!draft.host || !entry.host || entry.host === draft.host),
    );
    const last = stated.at(-1);
    if (!last) continue;
    draft.version = last.version;
    draft.versionAt = last.at;
  }
}
