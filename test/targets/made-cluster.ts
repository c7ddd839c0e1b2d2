// A cluster of one node and one Prometheus, as its API server would show it, with every answer open to every fault.
import type { ServerResponse } from "node:http";
import { type Answer, json } from "./fake-api.ts";
import { prometheusAnswers } from "./host/small-stack.ts";

export const apiFaults = ["403", "500", "silent", "empty", "cut", "halved"] as const;
export type ApiFault = (typeof apiFaults)[number];

const since = new Date(Date.now() - 86_400_000).toISOString();
const labels = { "app.kubernetes.io/name": "prometheus" };
const meta = (name: string, more: object = {}): object => ({
  name,
  namespace: "monitoring",
  uid: `uid-${name}`,
  creationTimestamp: since,
  labels,
  ...more,
});
const container = {
  name: "prometheus",
  image: "prom/prometheus:v3.5.0",
  args: ["--config.file=/etc/prometheus/prometheus.yml"],
  ports: [{ name: "web", containerPort: 9090 }],
};

const objects: Readonly<Record<string, readonly object[]>> = {
  pods: [
    {
      metadata: meta("prometheus-0", { ownerReferences: [{ kind: "StatefulSet", name: "prometheus" }] }),
      spec: { nodeName: "node1", containers: [container] },
      status: {
        phase: "Running",
        podIP: "10.1.1.1",
        startTime: since,
        conditions: [{ type: "Ready", status: "True" }],
        containerStatuses: [
          {
            name: "prometheus",
            ready: true,
            restartCount: 0,
            state: { running: { startedAt: since } },
            image: container.image,
          },
        ],
      },
    },
  ],
  statefulsets: [
    {
      metadata: meta("prometheus"),
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
      status: { replicas: 1, readyReplicas: 1, updatedReplicas: 1 },
    },
  ],
  services: [
    {
      metadata: meta("prometheus"),
      spec: {
        selector: labels,
        clusterIP: "10.2.0.1",
        ports: [{ name: "web", port: 9090, targetPort: "web" }],
      },
    },
  ],
  endpointslices: [
    {
      metadata: meta("prometheus-x", { labels: { "kubernetes.io/service-name": "prometheus" } }),
      addressType: "IPv4",
      ports: [{ name: "web", port: 9090 }],
      endpoints: [
        {
          addresses: ["10.1.1.1"],
          conditions: { ready: true },
          targetRef: { kind: "Pod", name: "prometheus-0", namespace: "monitoring" },
        },
      ],
    },
  ],
  nodes: [
    { metadata: { name: "node1", uid: "n" }, status: { conditions: [{ type: "Ready", status: "True" }] } },
  ],
};

const apis = new Map(
  Object.entries(prometheusAnswers()).map(([url, value]) => [
    url.replace(/^[^/]*/, "").replace("?state=active", ""),
    value,
  ]),
);

/** `fault` befalls every path that `only` matches. */
export function madeCluster(fault?: ApiFault, only = /./): Answer {
  return (path, response, request) => {
    const [status, value] = request.method === "POST" ? [201, { status: { allowed: true } }] : answerTo(path);
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const isSpared = path === "/version" || request.method === "POST" || !only.test(path);
    if (fault === undefined || isSpared) send(response, status, text);
    else befall(fault, response, text);
  };
}

const notFound = [404, "404 page not found"] as const;

function answerTo(path: string): readonly [number, unknown] {
  const proxied = /\/pods\/prometheus-0:9090\/proxy(\/.*)$/.exec(path)?.[1];
  if (proxied !== undefined) return apis.has(proxied) ? [200, apis.get(proxied)] : notFound;
  if (path === "/version") return [200, { gitVersion: "v1.34.0" }];
  if (path.startsWith("/readyz")) return [200, "readyz check passed\n"];
  if (path.includes("/log?")) {
    const now = new Date(Date.now() - 60_000).toISOString();
    return [
      200,
      `${now} time=${now} level=INFO source=main.go:1 msg="Server is ready to receive web requests."\n`,
    ];
  }
  const resource = /^\/apis?\/(?:[^/]+\/)?v\w+\/(\w+)(?:\?|$)/.exec(path)?.[1];
  if (resource === undefined || /^\/apis\/(?:monitoring\.coreos\.com|security\.istio\.io)\//.test(path))
    return notFound;
  return [200, { kind: "List", metadata: { resourceVersion: "7" }, items: objects[resource] ?? [] }];
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": text.startsWith("{") ? "application/json" : "text/plain" });
  response.end(text);
}

function befall(fault: ApiFault, response: ServerResponse, text: string): void {
  const half = text.slice(0, text.length / 2);
  if (fault === "403" || fault === "500")
    json(response, Number(fault), { kind: "Status", status: "Failure", message: "no", code: Number(fault) });
  if (fault === "empty" || fault === "halved") send(response, 200, fault === "empty" ? "" : half);
  if (fault !== "cut") return;
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.write(half, () => response.destroy());
}
