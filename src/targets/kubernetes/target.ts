// A cluster as a target: every kind listed once, then the logs and APIs that the stack makes worth reading.
import type { CollectedItem } from "../../model/collected.ts";
import type { ClusterDoor } from "../../model/door.ts";
import type { CloserLook, ReadSession, Target } from "../../model/target.ts";
import { mayUse, notAllowed } from "./access.ts";
import { clusterPerch } from "./canary.ts";
import { lookAt } from "./closer-looks.ts";
import { type PodSubresource, type ReadKind, readKinds, serverPaths } from "./kinds.ts";
import { listKind } from "./list-kind.ts";
import { mergeStreams } from "./merge-streams.ts";
import { patientReader, type Reader } from "./patient-door.ts";
import { connectionMissing, whyNot } from "./why-not.ts";

export interface ClusterOptions {
  /** Undefined means all. */
  readonly namespaces?: readonly string[];
}

export function kubernetesTarget(door: ClusterDoor, { namespaces }: ClusterOptions): Target {
  const name = `cluster ${door.context}`;
  return {
    name,
    collect: (session) => collectCluster(name, patientReader(door, session), namespaces, session),
    lookCloser: (looks, session) =>
      lookCloser(name, looks, patientReader(door, session), namespaces, session),
    clusterPerch: clusterPerch(name, door),
    // It runs nothing inside pods: whether a connection works is told by targets, logs and the proxy.
    probe: async function* () {},
    close: () => door.close(),
  };
}

async function* collectCluster(
  name: string,
  reader: Reader,
  namespaces: readonly string[] | undefined,
  session: ReadSession,
): AsyncGenerator<CollectedItem> {
  session.progress({ target: name, doing: "connecting" });
  const first = await reader.get("/version");
  const refused = first.failure
    ? connectionMissing(first.failure)
    : first.status === 401
      ? whyNot(first, versionAsked)
      : undefined;
  if (refused) {
    yield { locator: name, how: "kubernetes-api", body: refused };
    return;
  }
  const lists = readKinds.flatMap((kind) =>
    scopesOf(kind, namespaces).map((namespace) => ({ kind, namespace })),
  );
  let done = 0;
  const told = async function* (kind: ReadKind, namespace: string | undefined) {
    yield* listKind(kind, namespace, reader);
    done += 1;
    session.progress({ target: name, doing: "reading objects", done, of: lists.length });
  };
  yield* mergeStreams([
    ...serverPaths.map((path) => readServerPath(path, reader)),
    ...lists.map(({ kind, namespace }) => told(kind, namespace)),
  ]);
}

const versionAsked = { canI: "kubectl auth whoami", byHand: "kubectl version" };

function scopesOf(
  kind: ReadKind,
  namespaces: readonly string[] | undefined,
): readonly (string | undefined)[] {
  return kind.namespaced && namespaces !== undefined ? namespaces : [undefined];
}

async function* readServerPath(path: string, reader: Reader): AsyncGenerator<CollectedItem> {
  const full = path === "/readyz" ? `${path}?verbose` : path;
  const command = `kubectl get --raw '${full}'`;
  const answer = await reader.get(full);
  const missing = whyNot(answer, { canI: `kubectl auth can-i get ${path}`, byHand: command });
  const about = { locator: command, how: "kubernetes-api", command };
  yield { ...about, body: missing ?? answer.body };
}

async function* lookCloser(
  name: string,
  looks: readonly CloserLook[],
  reader: Reader,
  namespaces: readonly string[] | undefined,
  session: ReadSession,
): AsyncGenerator<CollectedItem> {
  const allowed = new Set<string>();
  for (const { subresource, namespace } of scopesOfLooks(looks, namespaces)) {
    if (await mayUse(subresource, namespace, reader)) allowed.add(keyOf(subresource, namespace));
    else yield notAllowed(subresource, namespace);
  }
  const wanted = looks.filter((look) => look.kind !== "node-owners" && isAllowed(look, namespaces, allowed));
  let done = 0;
  yield* mergeStreams(
    shared(wanted, session.limits.parallel).map(async function* (own) {
      for (const look of own) {
        if (session.signal.aborted) return;
        const item = await lookAt(look, reader, session.limits);
        done += 1;
        session.progress({ target: name, doing: "reading logs and APIs", done, of: wanted.length });
        if (item) yield item;
      }
    }),
  );
}

const subresourceOf: Readonly<Record<CloserLook["kind"], PodSubresource | undefined>> = {
  "pod-log": "log",
  "pod-api": "proxy",
  "left-out": undefined,
  "node-owners": undefined,
};

/** Rights are asked for all namespaces at once, or for each that was named. */
function scopesOfLooks(
  looks: readonly CloserLook[],
  namespaces: readonly string[] | undefined,
): readonly { readonly subresource: PodSubresource; readonly namespace: string | undefined }[] {
  const used = new Set(looks.flatMap((look) => subresourceOf[look.kind] ?? []));
  return [...used].flatMap((subresource) =>
    (namespaces ?? [undefined]).map((namespace) => ({ subresource, namespace })),
  );
}

function isAllowed(
  look: CloserLook,
  namespaces: readonly string[] | undefined,
  allowed: ReadonlySet<string>,
): boolean {
  const subresource = subresourceOf[look.kind];
  if (subresource === undefined || look.kind === "left-out" || look.kind === "node-owners") return true;
  return allowed.has(keyOf(subresource, namespaces === undefined ? undefined : look.namespace));
}

function keyOf(subresource: PodSubresource, namespace: string | undefined): string {
  return `${subresource} ${namespace ?? "*"}`;
}

/** As many readers as may work at once, each with every n-th piece of work. */
function shared<Work>(work: readonly Work[], readers: number): readonly (readonly Work[])[] {
  return Array.from({ length: Math.min(readers, work.length) }, (_, start) =>
    work.filter((_, i) => i % readers === start),
  );
}
