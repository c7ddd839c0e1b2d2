// A cluster's canary from making the pod to deleting it, against a made-up API server.
import type { IncomingMessage } from "node:http";
import { afterEach, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { flyClusterCanaries, removeLeftCanaries } from "../../src/cli/cluster-canaries.ts";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import type { Stack } from "../../src/model/stack.ts";
import { canaryLabel } from "../../src/stack/canary-pods.ts";
import { clusterPerch } from "../../src/targets/kubernetes/canary.ts";
import { roleManifests } from "../../src/targets/kubernetes/roles.ts";
import { type FakeApi, fakeApi, json, session } from "../targets/fake-api.ts";

let api: FakeApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

const pod = (name: string, image: string, port: number, args: string[]) => ({
  kind: "Pod",
  apiVersion: "v1",
  metadata: { name, namespace: "logs", uid: name },
  spec: {
    nodeName: "node1",
    containers: [{ name: "main", image, args, ports: [{ name: "http-metrics", containerPort: port }] }],
  },
  status: {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True" }],
    containerStatuses: [
      {
        name: "main",
        ready: true,
        restartCount: 0,
        image,
        state: { running: { startedAt: "2026-05-02T08:00:00Z" } },
      },
    ],
  },
});

const stack = (): Stack =>
  analyseTexts(
    {
      "pods.json": JSON.stringify({
        kind: "List",
        apiVersion: "v1",
        items: [
          pod("promtail-x", "grafana/promtail:3.2.0", 3101, ["-config.file=/etc/promtail/promtail.yaml"]),
          pod("loki-0", "grafana/loki:3.2.0", 3100, ["-config.file=/etc/loki/config.yaml"]),
        ],
      }),
    },
    { rules: [], version: "0", mode: "diagnose" },
  ).stack;

interface World {
  readonly made: Record<string, unknown>[];
  readonly deleted: string[];
}

type PodBody = { metadata: { name: string }; spec: { containers: { args: string[] }[] } };

/** Loki answers with what `streams` makes of the pod that was made. */
async function world(createStatus: number, streams: (made: PodBody) => unknown[]): Promise<World> {
  const made: Record<string, unknown>[] = [];
  const deleted: string[] = [];
  const bodyOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
    let text = "";
    for await (const chunk of request) text += chunk;
    return JSON.parse(text) as Record<string, unknown>;
  };
  api = await fakeApi(async (path, response, request) => {
    if (request.method === "POST") {
      made.push(await bodyOf(request));
      return json(response, createStatus, {
        kind: "Status",
        message: "pods is forbidden",
        code: createStatus,
      });
    }
    if (request.method === "DELETE") {
      deleted.push(path);
      return json(response, 200, {});
    }
    if (path.endsWith("/labels?since=1h")) return json(response, 200, { status: "success", data: ["job"] });
    json(response, 200, { status: "success", data: { result: streams(made[0] as unknown as PodBody) } });
  });
  return { made, deleted };
}

const lineOf = ({ spec }: PodBody): string =>
  `Unable to parse config: ${spec.containers[0]?.args[0]?.slice(13)} does not exist`;

async function fly(signal?: AbortSignal): Promise<Record<string, unknown>> {
  if (!api) throw new Error("no API");
  const [flown, ...more] = await flyClusterCanaries(
    clusterPerch("cluster fake", api.door),
    stack(),
    {},
    session({ itemTimeoutMs: 5_000 }, signal),
  );
  expect(more).toEqual([]);
  return JSON.parse(Buffer.from(flown?.item.body as Uint8Array).toString());
}

test("the line of a pod that Loki has arrived, and the pod is deleted", async () => {
  const { made, deleted } = await world(201, (one) => [
    { stream: { job: "logs/canary", pod: one.metadata.name }, values: [["1", lineOf(one)]] },
  ]);
  expect(await fly()).toMatchObject({ outcome: "arrived", host: "node1", agent: "logs/promtail-x" });
  const [body] = made as unknown as (PodBody & { metadata: { labels: Record<string, string> } })[];
  expect(body?.metadata.labels).toMatchObject({ "app.kubernetes.io/managed-by": "watchmend" });
  expect(body?.spec).toMatchObject({
    nodeName: "node1",
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true },
    containers: [{ image: "grafana/promtail:3.2.0", imagePullPolicy: "IfNotPresent" }],
  });
  expect(JSON.stringify(body)).not.toMatch(/volumes|hostPath|privileged|hostNetwork|hostPID/);
  expect(deleted).toEqual([`/api/v1/namespaces/logs/pods/${body?.metadata.name}`]);
});

test("the same words in another pod's log are not the line, and the pod is deleted all the same", async () => {
  const stop = new AbortController();
  const { deleted } = await world(201, (one) => {
    setTimeout(() => stop.abort(), 100);
    return [{ stream: { job: "audit", pod: "kube-apiserver" }, values: [["1", lineOf(one)]] }];
  });
  expect(await fly(stop.signal)).toMatchObject({ outcome: "not-asked" });
  expect(deleted).toHaveLength(1);
});

test("without the right to make pods nothing was sent, and the reason says how to get it", async () => {
  await world(403, () => []);
  const record = await fly();
  expect(record).toMatchObject({ outcome: "not-written", ways: [] });
  expect(record.because).toMatch(/pods is forbidden.*watchmend rbac --canary/);
});

test("what a killed run left is deleted, and nothing else", async () => {
  const { deleted } = await world(201, () => []);
  if (!api) throw new Error("no API");
  const pods = [
    { name: "watchmend-canary-1a", namespace: "logs", labels: { [canaryLabel]: "line" } },
    { name: "watchmend-canary-2b", namespace: "logs", labels: {} },
    { name: "loki-0", namespace: "logs", labels: { [canaryLabel]: "line" } },
  ];
  await removeLeftCanaries(clusterPerch("cluster fake", api.door), pods, session());
  expect(deleted).toEqual(["/api/v1/namespaces/logs/pods/watchmend-canary-1a"]);
});

test("only --canary gives the right to make pods", () => {
  const account = { namespace: "monitoring", name: "watchmend" };
  const verbs = (text: string): string[] =>
    parseAllDocuments(text).flatMap((document) =>
      ((document.toJS() as { rules?: { verbs: string[]; apiGroups?: string[] }[] }).rules ?? [])
        .filter(({ apiGroups }) => apiGroups?.includes(""))
        .flatMap((rule) => rule.verbs),
    );
  expect(new Set(verbs(roleManifests({ account })))).toEqual(new Set(["list", "get"]));
  expect(verbs(roleManifests({ account, canary: true, namespaces: ["logs"] }))).toContain("delete");
});
