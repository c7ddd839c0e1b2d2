// Several sights of one object become one fact; what is only alike stays apart.
import { describe, expect, it } from "vitest";
import { kubernetesParsers } from "../../src/collectors/kubernetes/index.ts";
import { recogniseAll } from "../../src/collectors/recognise.ts";
import { mergeKubernetes } from "../../src/stack/merge-kubernetes.ts";

/** Each text is a file of its own, read in order. */
function merged(...texts: readonly string[]) {
  const segments = texts.map((text, i) => ({ source: `${i}.txt`, startLine: 1, text }));
  return mergeKubernetes(recogniseAll(segments, kubernetesParsers).facts);
}

const podJson = (restarts: number, startTime: string, uid: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "loki-0", namespace: "logs", uid },
    spec: {
      securityContext: { runAsUser: 10001 },
      containers: [{ name: "loki", image: "grafana/loki:3.0.0" }],
    },
    status: {
      phase: "Running",
      startTime,
      containerStatuses: [
        {
          name: "loki",
          ready: false,
          restartCount: restarts,
          state: { waiting: { reason: "CrashLoopBackOff" } },
        },
      ],
    },
  });

const table =
  "NAME     READY   STATUS             RESTARTS       AGE   IP\nloki-0   0/1     CrashLoopBackOff   9 (3m ago)     24m   10.0.0.9";

describe("pods", () => {
  it("joins a row without namespace to the object and keeps what only one of them shows", () => {
    const { "kubernetes.pods": pods } = merged(table, podJson(7, "2026-01-02T03:04:05Z", "a"));
    expect(pods).toMatchObject([
      {
        namespace: "logs",
        at: { source: "1.txt" },
        ip: "10.0.0.9",
        restarts: 9,
        lastRestartSecondsAgo: 180,
        ageSeconds: 1440,
        spec: { security: { runAsUser: 10001 } },
      },
    ]);
  });

  it("keeps an older incarnation as earlier, whatever the order of reading", () => {
    const old = podJson(9, "2026-01-01T00:00:00Z", "a");
    const now = podJson(2, "2026-01-02T00:00:00Z", "b");
    for (const texts of [
      [old, now],
      [now, old],
    ]) {
      const { "kubernetes.pods": pods } = merged(...texts);
      expect(pods).toMatchObject([{ uid: "b", restarts: 2, earlier: { uid: "a", restarts: 9 } }]);
    }
    const { "kubernetes.pods": pods } = merged(old, now, table);
    expect(pods[0]).not.toHaveProperty("ip");
    expect(pods[0]?.earlier).toMatchObject({ ip: "10.0.0.9" });
  });

  it("puts all rows of a table into the namespace that one of them tells", () => {
    const rows = `${table}\nother-0  1/1     Running            0              24m   10.0.0.8`;
    const { "kubernetes.pods": pods } = merged(rows, podJson(9, "2026-01-02T03:04:05Z", "a"));
    expect(pods.map((pod) => `${pod.namespace}/${pod.name}`)).toEqual(["logs/loki-0", "logs/other-0"]);
  });

  it("keeps namespaces apart", () => {
    const both =
      "NAMESPACE   NAME     READY   STATUS    RESTARTS   AGE\na           loki-0   1/1     Running   0          1m\nb           loki-0   1/1     Running   0          1m";
    expect(merged(both)["kubernetes.pods"]).toHaveLength(2);
    expect(merged(both, table)["kubernetes.pods"]).toHaveLength(3);
  });
});

describe("other objects", () => {
  const manifest =
    "apiVersion: v1\nkind: Service\nmetadata: {name: loki, namespace: logs}\nspec:\n  clusterIP: None\n  selector: {app: loki}\n  ports:\n    - {name: http, port: 3100, targetPort: web}\n";
  const row =
    "NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)    AGE\nloki   ClusterIP   None         <none>        3100/TCP   4d";

  it("fills a live Service from its only manifest", () => {
    const { "kubernetes.services": services } = merged(row, manifest);
    expect(services).toMatchObject([
      {
        origin: "live",
        namespace: "logs",
        selector: { app: "loki" },
        ports: [{ port: 3100, targetPort: "web", name: "http" }],
      },
    ]);
  });

  it("leaves variants of a manifest alone", () => {
    expect(merged(manifest, manifest.replace("None", "10.0.0.1"))["kubernetes.services"]).toHaveLength(2);
  });

  it("prefers endpoints that show not-ready addresses", () => {
    const slices = JSON.stringify({
      kind: "EndpointSlice",
      apiVersion: "discovery.k8s.io/v1",
      metadata: { name: "loki-abcde", namespace: "logs", labels: { "kubernetes.io/service-name": "loki" } },
      endpoints: [{ addresses: ["10.0.0.9"], conditions: { ready: false } }],
    });
    const { "kubernetes.endpoints": endpoints } = merged(
      "NAME   ENDPOINTS   AGE\nloki   <none>      4d",
      slices,
    );
    expect(endpoints).toMatchObject([{ namespace: "logs", ready: [], notReady: ["10.0.0.9"] }]);
  });

  it("drops rows of objects that were read whole", () => {
    const { "kubernetes.objects": objects } = merged(
      "NAME                                      AGE\nservicemonitor.monitoring.coreos.com/ksm   3d",
      "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: ksm, namespace: mon}\nspec: {endpoints: []}",
    );
    expect(objects).toMatchObject([{ kind: "ServiceMonitor", value: { spec: {} } }]);
  });
});

describe("events", () => {
  const message =
    "Back-off restarting failed container loki in pod loki-0_logs(2ba08edf-75cf-4354-a555-4420ae7c9f4e)";

  it("counts an event once that was seen in a table and in describe", () => {
    const facts = merged(
      `LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n3m          Warning   BackOff   pod/loki-0   ${message}`,
      `Events:\n  Type     Reason   Age                   From     Message\n  Warning  BackOff  4m26s (x97 over 23m)  kubelet  ${message}`,
    );
    expect(facts["kubernetes.events"]).toMatchObject([
      {
        name: "loki-0",
        namespace: "logs",
        count: 97,
        lastSeenSecondsAgo: 180,
        firstSeenSecondsAgo: 1380,
        at: { source: "1.txt" },
      },
    ]);
    expect(facts["text.lines"]).toMatchObject([{ count: 97, text: message }]);
  });

  it("keeps the same words about different objects apart", () => {
    const facts = merged(
      "LAST SEEN   TYPE      REASON      OBJECT    MESSAGE\n3m          Warning   Unhealthy   pod/a     probe failed\n3m          Warning   Unhealthy   pod/b     probe failed",
    );
    expect(facts["kubernetes.events"]).toHaveLength(2);
    expect(facts["text.lines"]).toHaveLength(2);
  });
});
