// An API server as far as a transaction sees it: objects with versions, JSON patches, leases, pods that come back when deleted.
import type { ApiAnswer, ApiRequest, ClusterDoor } from "../../../src/model/door.ts";
import { applyPatch, type Operation } from "../../../src/plan/transaction/cluster/json-patch.ts";

type Plain = Record<string, unknown>;
interface Stored extends Plain {
  metadata: Plain;
}

export interface FakeCluster extends ClusterDoor {
  readonly objects: Map<string, Stored>;
  /** Everything that changed something, as METHOD path. */
  readonly writes: string[];
  /** Called before each request. */
  before?: (request: ApiRequest) => void;
}

export function fakeCluster(objects: Readonly<Record<string, Plain>>): FakeCluster {
  const store = new Map<string, Stored>();
  let version = 100;
  let uids = 0;
  const put = (path: string, object: Plain): Stored => {
    const metadata = (object.metadata ?? {}) as Plain;
    const stored: Stored = {
      ...structuredClone(object),
      metadata: {
        ...structuredClone(metadata),
        uid: metadata.uid ?? `uid-${++uids}`,
        resourceVersion: String(++version),
      },
    };
    store.set(path, stored);
    return stored;
  };
  for (const [path, object] of Object.entries(objects)) put(path, object);
  const cluster: FakeCluster = {
    context: "test",
    objects: store,
    writes: [],
    close: () => Promise.resolve(),
    async request(request) {
      cluster.before?.(request);
      const [path = "", query = ""] = request.path.split("?");
      const answer = (status: number, object: unknown): ApiAnswer => ({
        status,
        body: Buffer.from(JSON.stringify(object)),
      });
      const failure = (status: number, message: string): ApiAnswer =>
        answer(status, { kind: "Status", message });
      const found = store.get(path);
      const dry = query.includes("dryRun=All");
      if (!dry && request.method !== "GET") cluster.writes.push(`${request.method} ${path}`);
      if (request.method === "GET") {
        if (found) return answer(200, found);
        const items = [...store].filter(
          ([key]) => key.startsWith(`${path}/`) && !key.slice(path.length + 1).includes("/"),
        );
        return items.length > 0 || /s$/.test(path.split("/").at(-1) ?? "")
          ? answer(200, { items: items.map(([, one]) => one) })
          : failure(404, "not found");
      }
      const body: unknown = JSON.parse(request.body ?? "null");
      if (request.method === "POST") {
        const key = `${path}/${String(((body as Plain).metadata as Plain).name)}`;
        return store.has(key) ? failure(409, "already exists") : answer(201, put(key, body as Plain));
      }
      if (!found) return failure(404, "not found");
      if (request.method === "PUT") {
        const wanted = ((body as Plain).metadata as Plain).resourceVersion;
        if (wanted !== undefined && wanted !== found.metadata.resourceVersion)
          return failure(409, "the object has been modified");
        return answer(200, put(path, body as Plain));
      }
      if (request.method === "DELETE") {
        store.delete(path);
        if (path.includes("/pods/")) put(path, { ...found, metadata: { ...found.metadata, uid: undefined } });
        return answer(200, {});
      }
      try {
        const patched = applyPatch(found, body as Operation[]).object as Plain;
        return answer(200, dry ? patched : put(path, patched));
      } catch (error) {
        return failure(422, error instanceof Error ? error.message : String(error));
      }
    },
  };
  return cluster;
}
