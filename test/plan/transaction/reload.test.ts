// A reload counts when the program runs with what was written; taken back, it runs with what it had; without a door it is restarted.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApiAnswer } from "../../../src/model/door.ts";
import { valueAt } from "../../../src/model/json-value.ts";
import type { Step } from "../../../src/model/plan.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import { lookAll } from "../../../src/plan/transaction/look-all.ts";
import { runTransaction } from "../../../src/plan/transaction/transaction.ts";
import { type FakeCluster, fakeCluster } from "./fake-cluster.ts";

const base = "/api/v1/namespaces/mon";
const map = `${base}/configmaps/prom`;
const door = `${base}/pods/prom-0:9090/proxy`;
let state = "";
let cluster: FakeCluster = fakeCluster({});
/** What the kubelet has brought into the pod, and what Prometheus has read of it. */
let mounted = "";
let running = "";
let reloads = 0;
let late = 0;
let isBroken = false;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "watchmend-reload-"));
  start(["--config.file=/etc/prometheus/prometheus.yml", "--web.enable-lifecycle"]);
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

function start(args: readonly string[], mount: object = { name: "c", mountPath: "/etc/prometheus" }): void {
  const store = fakeCluster({
    [map]: {
      kind: "ConfigMap",
      metadata: { name: "prom", namespace: "mon" },
      data: { "prometheus.yml": "global: { scrape_interval: 1m }\n" },
    },
    "/apis/apps/v1/namespaces/mon/statefulsets/prom": {
      kind: "StatefulSet",
      metadata: { name: "prom", namespace: "mon", uid: "set" },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "prom" } },
        template: { spec: { containers: [{ name: "prometheus", args, volumeMounts: [mount] }] } },
      },
    },
    [`${base}/pods/prom-0`]: {
      kind: "Pod",
      metadata: {
        name: "prom-0",
        namespace: "mon",
        ownerReferences: [{ kind: "StatefulSet", name: "prom", uid: "set", controller: true }],
      },
      status: { conditions: [{ type: "Ready", status: "True" }] },
    },
  });
  const stands = (): string => String(valueAt(store.objects.get(map), "data", "prometheus.yml"));
  mounted = stands();
  running = mounted;
  reloads = 0;
  late = 2;
  isBroken = false;
  cluster = Object.assign(store, {
    request: proxied(store.request.bind(store), stands),
  });
}

function proxied(inner: FakeCluster["request"], stands: () => string): FakeCluster["request"] {
  return async (request) => {
    const answer = (status: number, object: unknown): ApiAnswer => ({
      status,
      body: Buffer.from(JSON.stringify(object)),
    });
    if (!request.path.startsWith(door)) return await inner(request);
    const path = request.path.slice(door.length);
    if (path === "/api/v1/status/config") return answer(200, { data: { yaml: running } });
    if (path === "/api/v1/rules") return answer(200, { data: { groups: [] } });
    if (path !== "/-/reload") return answer(404, {});
    if (isBroken) return answer(500, { message: "failed to reload config" });
    reloads++;
    // It takes the kubelet a while to bring a changed ConfigMap.
    if (reloads > late) mounted = stands();
    running = mounted;
    return answer(200, {});
  };
}

const steps: readonly Step[] = [
  {
    do: "edit-document",
    title: "interval",
    file: { source: "x" },
    edits: [{ op: "set", path: ["global", "scrape_interval"], value: "15s" }],
    live: { kind: "object-key", object: "ConfigMap", namespace: "mon", name: "prom", key: "prometheus.yml" },
  },
  {
    do: "reload",
    title: "read it",
    component: "prometheus",
    what: { kind: "workload", namespace: "mon", name: "prom" },
  },
];

const options = () => ({
  doors: { hosts: [], cluster },
  state,
  incident: "i",
  why: "test",
  actor: thisActor(),
  waitMs: 20_000,
});

test("a reload waits until the program runs with what was written, and rolls back to what it had", async () => {
  const before = running;
  const started = await runTransaction(steps, options());
  if (!started.ok) throw new Error(started.execution.because);
  expect(running).toContain("15s");
  expect(reloads).toBeGreaterThan(2);
  expect(cluster.writes.filter((one) => one.startsWith("DELETE") && one.includes("/pods/"))).toEqual([]);
  reloads = 0;
  const undone = await started.transaction.undo("test");
  expect(undone.says.join("\n")).not.toMatch(/fail/);
  expect(running).toBe(before);
}, 30_000);

test("a program without that door, or with a file that never changes under it, is restarted", async () => {
  const planned = async (): Promise<string> => {
    const [, reload] = await lookAll(steps, { doors: { hosts: [], cluster } });
    return reload?.look.state === "change" ? `${reload.look.after}; ${reload.look.notes?.join()}` : "";
  };
  expect(await planned()).toContain("told to read");
  start(["--config.file=/etc/prometheus/prometheus.yml"]);
  expect(await planned()).toMatch(/made anew.*it is restarted/);
  start(["--web.enable-lifecycle"], {
    name: "c",
    mountPath: "/etc/prometheus/prometheus.yml",
    subPath: "prometheus.yml",
  });
  expect(await planned()).toMatch(/made anew.*it is restarted/);
});

test("a configuration that is refused is not waited for", async () => {
  isBroken = true;
  const started = await runTransaction(steps, options());
  if (!started.ok) throw new Error(started.execution.because);
  expect(started.transaction.gate.join()).toContain("failed to reload config");
  isBroken = false;
  await started.transaction.undo("refused");
  expect(running).toContain("1m");
}, 30_000);
