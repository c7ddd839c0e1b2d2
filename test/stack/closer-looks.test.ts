// What a host that is a cluster's node is asked for: owners of the folders that the stack's pods keep their data in.
import { expect, test } from "vitest";
import { firstSight } from "../../src/diagnose/first-sight.ts";
import type { CollectedItem } from "../../src/model/collected.ts";
import { closerLooks } from "../../src/stack/closer-looks.ts";

const items = (kind: string, ...objects: object[]): CollectedItem => ({
  locator: `kubectl get ${kind}`,
  how: "kubernetes-api",
  command: `kubectl get ${kind} -A -o json`,
  body: Buffer.from(JSON.stringify({ apiVersion: "v1", kind: "List", items: objects })),
});

const pod = (name: string, image: string, volumes: readonly object[]): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "obs", uid: name },
  spec: { nodeName: "node-a", containers: [{ name, image }], volumes },
  status: {
    phase: "Running",
    containerStatuses: [{ name, ready: true, restartCount: 0, state: { running: {} } }],
  },
});

test("folders of data, straight or behind a claim, and not what every agent mounts", () => {
  const { facts, stack } = firstSight([
    items(
      "pods",
      pod("prometheus", "prom/prometheus:v2.53.0", [{ name: "data", hostPath: { path: "/srv/prometheus" } }]),
      pod("loki", "grafana/loki:3.4.2", [{ name: "data", persistentVolumeClaim: { claimName: "loki" } }]),
      pod("promtail", "grafana/promtail:3.4.2", [{ name: "logs", hostPath: { path: "/var/log" } }]),
    ),
    items("pvc", {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "loki", namespace: "obs" },
      spec: { volumeName: "pv-loki" },
    }),
    items("pv", {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "pv-loki" },
      spec: { local: { path: "/mnt/loki" }, claimRef: { namespace: "obs", name: "loki" } },
    }),
    items("nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "node-a" },
      status: { addresses: [{ type: "InternalIP", address: "10.1.2.3" }] },
    }),
  ]);
  expect(closerLooks(facts, stack).filter(({ kind }) => kind === "node-owners")).toEqual([
    { kind: "node-owners", names: ["node-a", "10.1.2.3"], paths: ["/mnt/loki", "/srv/prometheus"] },
  ]);
});
