// Changes of objects: guarded by what stands there, rehearsed by the server, taken back field by field, refused when somebody was quicker.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Step } from "../../../src/model/plan.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import { exportUndo } from "../../../src/plan/transaction/export.ts";
import { lookAll } from "../../../src/plan/transaction/look-all.ts";
import { obstaclesOf, takeBackFromJournal } from "../../../src/plan/transaction/recover.ts";
import { runTransaction } from "../../../src/plan/transaction/transaction.ts";
import type { TransactionOptions } from "../../../src/plan/transaction/transaction-options.ts";
import { type FakeCluster, fakeCluster } from "./fake-cluster.ts";

let state = "";
let cluster: FakeCluster = fakeCluster({});
const map = "/api/v1/namespaces/mon/configmaps/loki";
const service = "/api/v1/namespaces/mon/services/loki";
const set = "/apis/apps/v1/namespaces/mon/statefulsets/loki";
const pod = "/api/v1/namespaces/mon/pods/loki-0";
const lease = "/apis/coordination.k8s.io/v1/namespaces/mon/leases/watchmend";
const yaml =
  "# ports\nserver: {grpc_listen_port: 9096}\nfrontend_worker:\n  frontend_address: 127.0.0.1:9095 # here\n";

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "watchmend-cluster-"));
  cluster = fakeCluster({
    [map]: {
      kind: "ConfigMap",
      metadata: { name: "loki", namespace: "mon" },
      data: { "loki.yaml": yaml, other: "x" },
    },
    [service]: {
      kind: "Service",
      metadata: { name: "loki", namespace: "mon", labels: { a: "b" } },
      spec: { ports: [{ port: 3100 }], selector: { app: "loki" } },
    },
    [set]: {
      kind: "StatefulSet",
      metadata: { name: "loki", namespace: "mon", uid: "set" },
      spec: { replicas: 1, selector: { matchLabels: { app: "loki" } }, template: {} },
    },
    [pod]: {
      kind: "Pod",
      metadata: {
        name: "loki-0",
        namespace: "mon",
        ownerReferences: [{ kind: "StatefulSet", name: "loki", uid: "set", controller: true }],
      },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    },
  });
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const options = (more: Partial<TransactionOptions> = {}): TransactionOptions => ({
  doors: { hosts: [], cluster },
  state,
  incident: "i",
  why: "test",
  actor: thisActor(),
  ...more,
});

const edit: Step = {
  do: "edit-document",
  title: "port",
  file: { source: "x" },
  edits: [{ op: "set", path: ["frontend_worker", "frontend_address"], value: "127.0.0.1:9096" }],
  live: { kind: "object-key", object: "ConfigMap", namespace: "mon", name: "loki", key: "loki.yaml" },
};
const restart: Step = { do: "restart", title: "restart", what: { kind: "workload", name: "mon/loki" } };
const publish: Step = {
  do: "patch-object",
  title: "publish",
  kind: "Service",
  namespace: "mon",
  name: "loki",
  patch: [{ op: "add", path: "/spec/publishNotReadyAddresses", value: true }],
};

const published = (): unknown =>
  (cluster.objects.get(service) as unknown as { spec: Record<string, unknown> }).spec
    .publishNotReadyAddresses;
const setPublished = (value: unknown): void => {
  (
    cluster.objects.get(service) as unknown as { spec: Record<string, unknown> }
  ).spec.publishNotReadyAddresses = value;
};
const data = (): Record<string, string> => cluster.objects.get(map)?.data as Record<string, string>;
const uid = (): unknown => cluster.objects.get(pod)?.metadata.uid;

async function mustRun(steps: readonly Step[], more: Partial<TransactionOptions> = {}) {
  const started = await runTransaction(steps, options(more));
  if (!started.ok) throw new Error(started.execution.because);
  return started.transaction;
}

/** Objects without what the server counts up. */
const picture = (): string =>
  JSON.stringify(
    [...cluster.objects].map(([path, { metadata, ...rest }]) => [
      path,
      { ...metadata, resourceVersion: 0, uid: 0 },
      rest,
    ]),
  );

test("a key is edited by its bytes, the pod made anew, and all of it taken back exactly", async () => {
  const before = picture();
  const first = uid();
  const transaction = await mustRun([edit, publish, restart]);
  await transaction.commit();
  expect(data()["loki.yaml"]).toBe(yaml.replace("127.0.0.1:9095", "127.0.0.1:9096"));
  expect(data().other).toBe("x");
  expect(uid()).not.toBe(first);
  expect(transaction.gate).toEqual(["StatefulSet mon/loki: 1 of 1 pods ready"]);
  expect(cluster.objects.has(lease)).toBe(false);
  const second = uid();
  const undone = await takeBackFromJournal(transaction.id, { ...options(), because: "asked" });
  expect(undone.complete).toBe(true);
  expect(picture()).toBe(before);
  expect(uid()).not.toBe(second);
});

test("a preview asks the server and changes nothing", async () => {
  const before = picture();
  const looked = await lookAll([edit, publish, restart], options());
  expect(looked.map(({ look }) => look.state)).toEqual(["change", "change", "change"]);
  expect(picture()).toBe(before);
  expect(cluster.writes).toEqual([]);
});

test("what the server refuses is refused before anything is done", async () => {
  const request = cluster.request.bind(cluster);
  cluster.request = (asked) =>
    asked.path.includes("dryRun")
      ? Promise.resolve({
          status: 403,
          body: Buffer.from(JSON.stringify({ message: "admission webhook says no" })),
        })
      : request(asked);
  const started = await runTransaction([publish], options());
  expect(started).toMatchObject({
    ok: false,
    execution: { because: expect.stringContaining("admission webhook says no") },
  });
  expect(cluster.writes).toEqual([]);
});

test("an operator who edits the same field in between is not overwritten, and what was done is taken back", async () => {
  const before = data()["loki.yaml"];
  const started = await runTransaction(
    [edit, publish],
    options({
      point: (name) => {
        if (name !== "act 1") return;
        setPublished(false);
      },
    }),
  );
  expect(started.ok).toBe(false);
  expect(data()["loki.yaml"]).toBe(before);
  expect(published()).toBe(false);
});

test("undoing what somebody changed since is refused with the difference", async () => {
  const transaction = await mustRun([publish]);
  await transaction.commit();
  setPublished("later");
  const said = await obstaclesOf(transaction.id, { ...options(), because: "asked" });
  expect(said).toEqual([
    'Service mon/loki was changed since:\n- /spec/publishNotReadyAddresses: true\n+ /spec/publishNotReadyAddresses: "later"',
  ]);
});

test("a volume that a claim was bound to since is not reserved for another name again", async () => {
  const path = "/api/v1/persistentvolumes/loki";
  const volume = (name: string, more: object, phase: string) => ({
    kind: "PersistentVolume",
    metadata: { name: "loki" },
    spec: { claimRef: { namespace: "mon", name, ...more } },
    status: { phase },
  });
  cluster = fakeCluster({ [path]: volume("old", {}, "Available") });
  const reserve: Step = {
    do: "patch-object",
    title: "Name the claim that is there",
    kind: "PersistentVolume",
    name: "loki",
    patch: [{ op: "replace", path: "/spec/claimRef/name", value: "storage-loki-0" }],
  };
  const [look] = await lookAll([reserve], options());
  expect(look?.look).toMatchObject({
    state: "change",
    notes: [expect.stringContaining("cannot be taken back")],
  });
  const transaction = await mustRun([reserve]);
  await transaction.commit();
  const stored = cluster.objects.get(path);
  if (!stored) throw new Error("no volume");
  Object.assign(stored, volume("storage-loki-0", { uid: "claim" }, "Bound"), { metadata: stored.metadata });
  const asked = { ...options(), because: "asked" };
  const why = expect.stringContaining("is bound to claim mon/storage-loki-0 since");
  expect(await obstaclesOf(transaction.id, asked)).toEqual([why]);
  const writes = cluster.writes.length;
  expect(await takeBackFromJournal(transaction.id, asked)).toEqual({ complete: false, says: [why] });
  expect(cluster.writes.slice(writes).filter((one) => one.includes("persistentvolumes"))).toEqual([]);
  Object.assign(stored, volume("storage-loki-0", {}, "Available"), { metadata: stored.metadata });
  expect(await takeBackFromJournal(transaction.id, asked)).toMatchObject({ complete: true });
  expect(cluster.objects.get(path)).toMatchObject({ spec: { claimRef: { name: "old" } } });
});

test("a Lease keeps a second run out and says whose it is; a holder that is dead here is followed", async () => {
  const transaction = await mustRun([publish]);
  const second = await runTransaction([edit], options());
  expect(second).toMatchObject({
    ok: false,
    execution: {
      because: expect.stringMatching(
        new RegExp(`namespace mon is locked by .*pid ${process.pid}.*${transaction.id}`),
      ),
    },
  });
  await transaction.undo("no");
  const dead = { actor: { ...thisActor(), pid: 4_000_000 }, why: "x", transaction: "y" };
  cluster.objects.set(lease, {
    metadata: {
      name: "watchmend",
      annotations: { "watchmend.dev/owner": JSON.stringify(dead) },
      resourceVersion: "1",
    },
    spec: { holderIdentity: "t", renewTime: new Date().toISOString() },
  });
  const request = cluster.request.bind(cluster);
  cluster.request = async (asked) => {
    if (asked.method !== "PUT") return await request(asked);
    cluster.objects.set(lease, JSON.parse(asked.body ?? "{}") as never);
    return { status: 200, body: Buffer.from(asked.body ?? "{}") };
  };
  await (await mustRun([edit])).commit();
});

test("a pod that belongs to no workload is not deleted", async () => {
  const found = cluster.objects.get(pod);
  if (found) found.metadata.ownerReferences = [];
  const bare: Step = { do: "restart", title: "r", what: { kind: "pod", namespace: "mon", name: "loki-0" } };
  const started = await runTransaction([bare], options());
  expect(started).toMatchObject({
    ok: false,
    execution: { because: expect.stringContaining("would not come back") },
  });
});

test("steps that mean nothing without one that is left for a person are left, too", async () => {
  const hand: Step = { do: "by-hand", title: "free some space", command: "df -h" };
  const looked = await lookAll([hand, restart], { ...options(), needs: new Map([[1, [0]]]) });
  expect(looked.map(({ look }) => (look.state === "left" ? look.because : look.state))).toEqual([
    "a person does this",
    "it waits for step 1, which is left for you",
  ]);
});

test("the export holds the objects as they were and the commands to put them back", async () => {
  const transaction = await mustRun([edit, restart]);
  await transaction.commit();
  const folder = join(state, "export");
  expect(exportUndo(state, [transaction.id], folder)).toEqual(["01-cluster.sh"]);
  const script = readFileSync(join(folder, "01-cluster.sh"), "utf8");
  expect(script).toMatch(/kubectl -n mon patch configmap loki --type=json -p '\[.*127\.0\.0\.1:9095/);
  expect(script.indexOf("delete pods -l")).toBeGreaterThan(script.indexOf("patch configmap"));
  const [saved = ""] = readdirSync(join(folder, "backup"));
  expect(JSON.parse(readFileSync(join(folder, "backup", saved), "utf8"))).toEqual({
    kind: "ConfigMap",
    metadata: { name: "loki", namespace: "mon" },
    data: { "loki.yaml": yaml, other: "x" },
  });
});
