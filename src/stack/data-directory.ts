// Which directory stands behind a path in a container, who writes to it, and who owns it as far as the evidence shows.
import type { Facts } from "../model/facts.ts";
import type { PodSpec, Volume } from "../model/kubernetes.ts";
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";

type Needed = Pick<Facts, "kubernetes.claims" | "kubernetes.volumes" | "host.files" | "ansible.files">;

export interface Ownership {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly at: Place;
  /** Seen on disk, or set by the last task of a playbook. */
  readonly by: "observed" | "playbook";
}

export interface DataDirectory {
  /** Directory on the node or host; undefined when only a claim or named volume is known. */
  readonly hostPath?: string;
  readonly volumeType?: Volume["type"] | "docker-bind" | "docker-volume";
  /** Where mount and volume are declared. */
  readonly mountAt?: Place;
  readonly volumeAt?: Place;
  readonly uid?: number;
  readonly gid?: number;
  readonly groups: readonly number[];
  readonly uidAt?: Place;
  readonly ownership?: Ownership;
  /** The playbook task that gives a directory, whose owner was seen on disk, to somebody else than the process. */
  readonly takenBy?: Ownership;
  /** An earlier playbook task that set another owner: the two fight. */
  readonly earlierOwnership?: Ownership;
}

/** Default user of the official images. Sources: the images' Dockerfiles. */
const imageUser: Partial<Record<Component["kind"], number>> = {
  prometheus: 65534,
  alertmanager: 65534,
  loki: 10001,
  grafana: 472,
  "node-exporter": 65534,
};

export function dataDirectoryOf(component: Component, path: string, facts: Needed): DataDirectory {
  const spec = component.pods.find((pod) => pod.spec?.volumes.length)?.spec ?? component.workload?.spec;
  const inPod = spec ? fromPod(component, spec, path, facts) : undefined;
  const found = inPod ?? fromDocker(component, path) ?? {};
  const security = component.container?.security;
  const pod = spec?.security;
  const user = component.docker?.user?.match(/^(\d+)(?::(\d+))?$/);
  const uid = security?.runAsUser ?? pod?.runAsUser ?? (user ? Number(user[1]) : imageUser[component.kind]);
  const gid = security?.runAsGroup ?? pod?.runAsGroup ?? (user?.[2] ? Number(user[2]) : undefined);
  const fsGroup = found.volumeType === "hostPath" ? undefined : pod?.fsGroup;
  const owners = ownersOf(found.hostPath, path, uid, component, facts);
  const uidAt = security?.runAsUser === undefined ? pod?.at : security.at;
  return {
    ...found,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(uidAt ? { uidAt } : {}),
    groups: [...(pod?.supplementalGroups ?? []), ...(fsGroup === undefined ? [] : [fsGroup])],
    ...owners,
  };
}

function fromPod(
  component: Component,
  spec: PodSpec,
  path: string,
  facts: Needed,
): Partial<DataDirectory> | undefined {
  const container = component.container ?? spec.containers.find((entry) => !entry.init);
  const mounts = (container?.mounts ?? []).filter((mount) => isBelow(path, mount.mountPath));
  const mount = mounts.sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
  if (!mount) return undefined;
  const volume = spec.volumes.find((entry) => entry.name === mount.name);
  const claimName =
    volume?.type === "persistentVolumeClaim" ? volume.ref : claimFromTemplate(component, mount.name);
  const claim = facts["kubernetes.claims"].find(
    (entry) => entry.name === claimName && sameNamespace(entry.namespace, component.namespace),
  );
  const persistent = facts["kubernetes.volumes"].find(
    (entry) =>
      (claim?.volume !== undefined && entry.name === claim.volume) ||
      (claimName !== undefined && entry.claimRef?.name === claimName),
  );
  const base = volume?.type === "hostPath" ? volume.ref : persistent?.path;
  const type =
    volume?.type === "hostPath" || persistent?.type === "hostPath" || persistent?.type === "local"
      ? "hostPath"
      : volume?.type;
  const volumeAt = persistent?.at ?? volume?.at;
  const sub = mount.subPath ? `/${mount.subPath}` : "";
  return {
    mountAt: mount.at,
    ...(base ? { hostPath: `${base.replace(/\/$/, "")}${sub}` } : {}),
    ...(type ? { volumeType: type } : {}),
    ...(volumeAt ? { volumeAt } : {}),
  };
}

function claimFromTemplate(component: Component, volume: string): string | undefined {
  const template = component.workload?.volumeClaimTemplates?.find((entry) => entry.name === volume);
  return template ? `${template.name}-${component.workload?.name}-0` : undefined;
}

function sameNamespace(a: string | undefined, b: string | undefined): boolean {
  return !a || !b || a === b;
}

function fromDocker(component: Component, path: string): Partial<DataDirectory> | undefined {
  const mounts = (component.docker?.mounts ?? []).filter((mount) => isBelow(path, mount.target));
  const mount = mounts.sort((a, b) => b.target.length - a.target.length)[0];
  if (!mount) return undefined;
  const isBind =
    mount.type === "bind" || Boolean(mount.source?.startsWith("/") || mount.source?.startsWith("."));
  return {
    mountAt: mount.at,
    volumeAt: mount.at,
    volumeType: isBind ? "docker-bind" : "docker-volume",
    ...(mount.source ? { hostPath: mount.source } : {}),
  };
}

function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/\/$/, "");
  return path === base || path.startsWith(`${base}/`);
}

/**
 * What was seen on disk decides. Without that, playbook tasks that set this very path: the order over several playbooks is
 * not known, so the one that does not give it to the process is the one in force where the process may not write.
 */
function ownersOf(
  hostPath: string | undefined,
  path: string,
  uid: number | undefined,
  component: Component,
  facts: Needed,
): Pick<DataDirectory, "ownership" | "takenBy" | "earlierOwnership"> {
  const machine = component.pods[0]?.node ?? component.host;
  const isIt = (file: Facts["host.files"][number]): boolean =>
    (file.path === hostPath && !file.container) ||
    (file.path === path &&
      (file.container === component.name || file.container === component.container?.name));
  // machines that are set up alike have the same folders; a machine may also be known by its address
  const seen =
    facts["host.files"].findLast((file) => file.host === machine && isIt(file)) ??
    facts["host.files"].findLast(isIt);
  const tasks = facts["ansible.files"]
    .filter((task) => task.path === hostPath && task.owner !== undefined)
    .sort((a, b) => a.order - b.order);
  const set = tasks.map((task): Ownership => {
    const uid = numeric(task.owner);
    const gid = numeric(task.group);
    const mode = task.mode && /^0?[0-7]{3,4}$/.test(task.mode) ? Number.parseInt(task.mode, 8) : undefined;
    return {
      at: task.ownerAt ?? task.at,
      by: "playbook",
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      ...(mode === undefined ? {} : { mode }),
    };
  });
  const last = set.findLast((owner) => owner.uid !== uid) ?? set.at(-1);
  const other = set.findLast((owner) => owner.uid !== last?.uid);
  const observed: Ownership | undefined = seen && !seen.missing ? observedOwner(seen) : undefined;
  const ownership = observed ?? last;
  const takenBy = observed && last && last.uid !== uid ? last : undefined;
  return {
    ...(ownership ? { ownership } : {}),
    ...(takenBy ? { takenBy } : {}),
    ...(other ? { earlierOwnership: other } : {}),
  };
}

function observedOwner(file: Facts["host.files"][number]): Ownership {
  const uid = file.uid ?? numeric(file.owner);
  const gid = file.gid ?? numeric(file.group);
  return {
    at: file.at,
    by: "observed",
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(file.mode === undefined ? {} : { mode: file.mode }),
  };
}

/** Numbers, and the one name that has the same number everywhere. */
function numeric(owner: string | undefined): number | undefined {
  if (owner === undefined) return undefined;
  if (/^\d+$/.test(owner)) return Number(owner);
  return owner === "root" ? 0 : undefined;
}
