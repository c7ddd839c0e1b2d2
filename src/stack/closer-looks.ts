// Which logs and APIs of a cluster are worth reading, from the stack that the objects show.
import type { ComponentKind } from "../model/component.ts";
import type { Facts } from "../model/facts.ts";
import type { Container, Pod, Volume } from "../model/kubernetes.ts";
import type { Component, Stack } from "../model/stack.ts";
import type { CloserLook } from "../model/target.ts";
import { apiLooks } from "./component-apis.ts";
import { kindOfImage, kindOfName } from "./identify.ts";

/** Of pods that are alike, so many of those in trouble and of those that are well are read. */
const troubledOfGroup = 20;
const wellOfGroup = 3;

/** Pods outside of the stack that its network depends on. */
const network =
  /^(?:kube-proxy|kube-flannel|calico-|canal|cilium|weave-net|antrea-|kube-router|aws-node|azure-cni|kindnet|ovnkube|multus)/;

export function closerLooks(facts: Facts, stack: Stack): readonly CloserLook[] {
  const live = facts["kubernetes.pods"].filter((pod) => pod.origin === "live" && pod.spec !== undefined);
  const looks: CloserLook[] = [];
  const read = new Set<Pod>();
  const readGroup = (name: string, pods: readonly Pod[], component?: Component): void => {
    const fresh = pods.filter((pod) => !read.has(pod));
    for (const pod of fresh) read.add(pod);
    const chosen = choose(fresh);
    looks.push(...chosen.flatMap(logLooks));
    if (component) looks.push(...chosen.flatMap((pod) => apiLooks(component, pod)));
    if (chosen.length < fresh.length) looks.push(leftOut(name, fresh, chosen));
  };
  const known = new Set(live);
  for (const component of stack.components)
    readGroup(
      component.id,
      component.pods.filter((pod) => known.has(pod)),
      component,
    );
  const namespaces = new Set(
    stack.components.flatMap((component) => component.pods.map((pod) => pod.namespace)),
  );
  const rest = live.filter(
    (pod) => !read.has(pod) && (network.test(pod.name) || (namespaces.has(pod.namespace) && isTroubled(pod))),
  );
  for (const [name, pods] of byOwner(rest)) readGroup(name, pods);
  return [...looks, ...nodeOwners(facts, stack)];
}

/** Who owns the folders of nodes that the stack's pods keep their data in; only a host that is the node can tell. */
function nodeOwners(facts: Facts, stack: Stack): CloserLook[] {
  const byNode = new Map<string, Set<string>>();
  for (const { node, path } of stack.components.flatMap((component) => foldersOnNodes(component, facts))) {
    const paths = byNode.get(node) ?? new Set();
    byNode.set(node, paths.add(path));
  }
  return [...byNode].map(([name, paths]) => {
    const address = facts["kubernetes.nodes"].find((node) => node.name === name)?.internalIP;
    return {
      kind: "node-owners",
      names: [name, ...(address === undefined ? [] : [address])],
      paths: [...paths].sort(),
    };
  });
}

function foldersOnNodes({ pods }: Component, facts: Facts): { node: string; path: string }[] {
  return pods.flatMap(({ node, origin, spec, namespace }) => {
    if (node === undefined || origin !== "live") return [];
    return (spec?.volumes ?? []).flatMap((volume) => {
      const path = volume.type === "hostPath" ? volume.ref : localPathOf(volume, namespace, facts);
      return path === undefined || notData.test(path) ? [] : [{ node, path }];
    });
  });
}

/** What every agent mounts of its node. */
const notData =
  /^\/(?:$|(?:proc|sys|dev|run|etc|var\/(?:run|log|lib\/(?:docker|containerd|kubelet)))(?:\/|$))/;

function localPathOf({ type, ref }: Volume, namespace: string | undefined, facts: Facts): string | undefined {
  if (type !== "persistentVolumeClaim") return undefined;
  const claim = facts["kubernetes.claims"].find(
    (entry) => entry.name === ref && (entry.namespace ?? "") === (namespace ?? ""),
  );
  const volume = facts["kubernetes.volumes"].find((entry) => entry.name === claim?.volume);
  return volume?.type === "hostPath" || volume?.type === "local" ? volume.path : undefined;
}

function choose(pods: readonly Pod[]): readonly Pod[] {
  const ordered = pods.toSorted(
    (a, b) => (b.restarts ?? 0) - (a.restarts ?? 0) || (a.name < b.name ? -1 : 1),
  );
  const troubled = ordered.filter((pod) => isTroubled(pod) || (pod.restarts ?? 0) > 0);
  const well = ordered.filter((pod) => !troubled.includes(pod));
  return [...troubled.slice(0, troubledOfGroup), ...well.slice(0, wellOfGroup)];
}

/** A finished job is not in trouble. */
function isTroubled(pod: Pod): boolean {
  return pod.phase !== "Succeeded" && pod.ready !== true;
}

function byOwner(pods: readonly Pod[]): ReadonlyMap<string, readonly Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    const key = `${pod.namespace ?? ""}/${pod.ownerName ?? pod.name}`;
    const group = groups.get(key);
    if (group) group.push(pod);
    else groups.set(key, [pod]);
  }
  return groups;
}

function logLooks(pod: Pod): CloserLook[] {
  const { namespace, name } = pod;
  if (namespace === undefined) return [];
  return (pod.spec?.containers ?? []).flatMap((container) =>
    runsOf(container).map((previous): CloserLook => {
      const component = componentOf(container);
      return {
        kind: "pod-log",
        namespace,
        pod: name,
        container: container.name,
        ...(previous ? { previous } : {}),
        ...(component ? { component } : {}),
      };
    }),
  );
}

function componentOf({ image, name }: Container): ComponentKind | undefined {
  return kindOfImage(image) ?? kindOfName(name);
}

/**
 * The runs of a container that have a log: the present one, and the one before its last restart.
 * While it waits for its next start, kubectl shows the last run under either name, so it is read once.
 */
function runsOf({ state, lastState, restartCount = 0 }: Container): readonly boolean[] {
  const hasPrevious = restartCount > 0 || lastState?.state === "terminated";
  if (state?.state === "running" || state?.state === "terminated")
    return hasPrevious ? [false, true] : [false];
  return hasPrevious ? [true] : [];
}

function leftOut(name: string, pods: readonly Pod[], chosen: readonly Pod[]): CloserLook {
  const [first] = pods.filter((pod) => !chosen.includes(pod));
  return {
    kind: "left-out",
    what: `logs of ${pods.length - chosen.length} more pods of ${name}`,
    because: `of ${pods.length} pods alike, ${chosen.length} were read: those in trouble first`,
    decideWith: `kubectl logs -n ${first?.namespace ?? "NAMESPACE"} ${first?.name ?? "POD"} --all-containers --timestamps`,
  };
}
