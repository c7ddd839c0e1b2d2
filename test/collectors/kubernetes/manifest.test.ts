// Objects as YAML and JSON: facts with lines, files inside objects, streams that are partly broken.
import { describe, expect, it } from "vitest";
import { kubernetesParsers } from "../../../src/collectors/kubernetes/index.ts";
import type { Parser } from "../../../src/collectors/parser.ts";
import { recogniseAll } from "../../../src/collectors/recognise.ts";
import type { Segment } from "../../../src/model/evidence.ts";
import { dedent, read } from "./read.ts";

/** Keeps every segment nobody else claims, as a file parser would see it. */
function filesIn(text: string): readonly Segment[] {
  const files: Segment[] = [];
  const keep: Parser = {
    id: "keep",
    reads: "anything",
    provides: [],
    recognise: () => 0.1,
    parse: (segment) => void files.push(segment),
  };
  recogniseAll([{ source: "a.yaml", startLine: 1, text }], [...kubernetesParsers, keep]);
  return files;
}

const workload = `
  apiVersion: apps/v1
  kind: StatefulSet
  metadata:
    name: metrics
    namespace: mon
  spec:
    serviceName: metrics
    replicas: 2
    selector:
      matchLabels: {app: metrics}
    template:
      metadata:
        labels: {app: metrics}
      spec:
        securityContext:
          fsGroup: 65534
        initContainers:
          - name: own
            image: busybox
            command: [sh, -c, "chown -R 65534 /data"]
        containers:
          - name: metrics
            image: prom/prometheus:v2.53.0
            args:
              - --storage.tsdb.path=/data
            env:
              - name: ADMIN_PASSWORD
                value: hunter2
              - name: POD_IP
                valueFrom: {fieldRef: {fieldPath: status.podIP}}
            readinessProbe:
              httpGet: {path: /-/ready, port: web}
              periodSeconds: 5
            volumeMounts:
              - {name: data, mountPath: /data}
              - {name: config, mountPath: /etc/prometheus, subPath: x, readOnly: true}
        volumes:
          - name: config
            configMap: {name: metrics-config, optional: true, items: [{key: a.yml, path: b.yml}]}
          - name: scratch
            emptyDir:
    volumeClaimTemplates:
      - metadata: {name: data}
        spec: {storageClassName: fast, accessModes: [ReadWriteOnce]}`;

describe("workloads", () => {
  it("reads the pod template with a line for every part", () => {
    const { facts } = read(workload);
    const [found] = facts["kubernetes.workloads"];
    expect(found).toMatchObject({
      kind: "StatefulSet",
      origin: "manifest",
      namespace: "mon",
      desired: 2,
      serviceName: "metrics",
      selector: { app: "metrics" },
      volumeClaimTemplates: [{ name: "data", storageClass: "fast" }],
    });
    expect(found).not.toHaveProperty("ready");
    const [own, metrics] = found?.spec?.containers ?? [];
    expect(own).toMatchObject({ init: true, command: ["sh", "-c", "chown -R 65534 /data"] });
    expect(metrics).toMatchObject({
      at: { line: 22 },
      env: [
        { name: "ADMIN_PASSWORD", value: "[redacted]" },
        { name: "POD_IP", from: "field status.podIP" },
      ],
      readinessProbe: {
        at: { line: 31 },
        type: "http",
        path: "/-/ready",
        port: "web",
        initialDelaySeconds: 0,
        timeoutSeconds: 1,
        periodSeconds: 5,
        failureThreshold: 3,
      },
      mounts: [{ at: { line: 35 } }, { at: { line: 36 }, subPath: "x", readOnly: true }],
    });
    expect(found?.spec?.volumes).toMatchObject([
      { type: "configMap", ref: "metrics-config", optional: true, items: ["a.yml"] },
      { type: "emptyDir" },
    ]);
    expect(found?.spec?.security).toMatchObject({ fsGroup: 65534, at: { line: 15 } });
  });

  it("maps pointers of an object to lines of the source, also inside a list", () => {
    const { facts } = read(`
      apiVersion: v1
      kind: List
      items:
        - apiVersion: v1
          kind: Service
          metadata:
            name: a
          spec:
            ports:
              - port: 80
        - {apiVersion: v1, kind: Service, metadata: {name: b}}`);
    const [a, b] = facts["kubernetes.objects"];
    expect(a?.lines["/spec/ports/0/port"]).toBe(10);
    expect(b?.lines["/metadata/name"]).toBe(11);
    expect(facts["kubernetes.services"].map((s) => s.at.line)).toEqual([4, 11]);
  });
});

describe("live objects", () => {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "loki-0",
      namespace: "logs",
      uid: "u-1",
      ownerReferences: [{ kind: "StatefulSet", name: "loki" }],
    },
    spec: { nodeName: "n1", containers: [{ name: "loki", image: "grafana/loki:3.0.0" }] },
    status: {
      phase: "Running",
      startTime: "2026-01-02T03:04:05Z",
      conditions: [{ type: "Ready", status: "False", message: "containers with unready status: [loki]" }],
      containerStatuses: [
        {
          name: "loki",
          ready: false,
          restartCount: 7,
          state: {
            waiting: {
              reason: "CrashLoopBackOff",
              message: "back-off 5m0s restarting failed container=loki",
            },
          },
          lastState: {
            terminated: { reason: "OOMKilled", exitCode: 137, finishedAt: "2026-01-02T04:00:00Z" },
          },
        },
      ],
    },
  };

  it("reads a pod's state as kubectl would show it", () => {
    const { facts } = read(JSON.stringify(pod, undefined, 4));
    expect(facts["kubernetes.pods"]).toMatchObject([
      {
        origin: "live",
        statusText: "CrashLoopBackOff",
        readyContainers: 0,
        totalContainers: 1,
        ready: false,
        restarts: 7,
        ownerKind: "StatefulSet",
        startedMs: Date.UTC(2026, 0, 2, 3, 4, 5),
        spec: {
          containers: [{ lastState: { reason: "OOMKilled", exitCode: 137 }, state: { state: "waiting" } }],
        },
      },
    ]);
    expect(facts["text.lines"].map((line) => line.text)).toEqual([
      "containers with unready status: [loki]",
      "back-off 5m0s restarting failed container=loki",
    ]);
    expect(facts["text.lines"][1]).toMatchObject({ pod: "loki-0", namespace: "logs", container: "loki" });
  });

  it("reads what is there of JSON that was cut off, and says so", () => {
    const whole = JSON.stringify(pod, undefined, 2);
    const { facts, gaps } = read(whole.slice(0, whole.indexOf('"lastState"') + 20));
    expect(facts["kubernetes.pods"]).toMatchObject([{ name: "loki-0", restarts: 7 }]);
    expect(gaps).toHaveLength(1);
  });

  it("shows init containers and deletion in the status", () => {
    const waiting = {
      ...pod,
      status: {
        phase: "Pending",
        initContainerStatuses: [{ name: "i", state: { waiting: { reason: "ImagePullBackOff" } } }],
      },
    };
    expect(read(JSON.stringify(waiting)).facts["kubernetes.pods"][0]?.statusText).toBe(
      "Init:ImagePullBackOff",
    );
    const leaving = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-01-02T03:04:05Z" } };
    expect(read(JSON.stringify(leaving)).facts["kubernetes.pods"][0]).toMatchObject({
      statusText: "Terminating",
      deleting: true,
    });
  });

  it("adds up slices and keeps not-ready addresses apart", () => {
    const slice = (name: string, ip: string, ready: boolean | undefined) => ({
      metadata: { name, namespace: "logs", labels: { "kubernetes.io/service-name": "loki" } },
      ports: [{ port: 3100 }],
      endpoints: [{ addresses: [ip], conditions: ready === undefined ? {} : { ready } }],
    });
    const list = {
      kind: "EndpointSliceList",
      apiVersion: "discovery.k8s.io/v1",
      items: [slice("loki-aaaaa", "10.0.0.1", undefined), slice("loki-bbbbb", "10.0.0.2", false)],
    };
    expect(read(JSON.stringify(list)).facts["kubernetes.endpoints"]).toMatchObject([
      { name: "loki", namespace: "logs", ready: ["10.0.0.1:3100"], notReady: ["10.0.0.2:3100"] },
    ]);
  });

  it("takes an empty list for an answer and an error of the API for a gap", () => {
    expect(read('{"kind":"PodList","apiVersion":"v1","items":[]}').seen.has("kubernetes.pods")).toBe(true);
    const status = {
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      message: "pods is forbidden",
      reason: "Forbidden",
    };
    expect(read(JSON.stringify(status)).gaps).toMatchObject([
      { because: "forbidden", detail: "pods is forbidden" },
    ]);
  });

  it("never keeps the values of a Secret", () => {
    const { facts } = read(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}",
    );
    expect(JSON.stringify(facts)).not.toContain("hunter2");
    expect(facts["kubernetes.objects"][0]?.value).toMatchObject({ stringData: { password: "[redacted]" } });
  });

  it("reads events of both APIs", () => {
    const { facts } = read(`
      apiVersion: v1
      kind: List
      items:
        - apiVersion: v1
          kind: Event
          metadata: {name: a-0.17a1b2c3d4e5f607, namespace: mon}
          involvedObject: {kind: Pod, name: a-0, namespace: mon, fieldPath: "spec.containers{a}"}
          reason: BackOff
          message: Back-off restarting failed container
          type: Warning
          count: 12
          lastTimestamp: "2026-01-02T03:04:05Z"
        - apiVersion: events.k8s.io/v1
          kind: Event
          metadata: {name: b-0.17a1b2c3d4e5f607, namespace: mon}
          regarding: {kind: Pod, name: b-0, namespace: mon}
          reason: FailedScheduling
          note: "0/2 nodes are available"
          type: Warning`);
    expect(facts["kubernetes.events"]).toMatchObject([
      { name: "a-0", count: 12, lastSeenMs: Date.UTC(2026, 0, 2, 3, 4, 5), at: { line: 9 } },
      { name: "b-0", reason: "FailedScheduling", message: "0/2 nodes are available" },
    ]);
    expect(facts["text.lines"][0]).toMatchObject({ container: "a", stream: "event" });
  });
});

describe("files inside objects", () => {
  it("gives the first content line of a block scalar", () => {
    const [file] = filesIn(
      dedent(`
        # rules
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: rules
          namespace: mon
        data:
          alerts.yml: |-
            groups:
              - name: a
        binaryData:
          x.bin: AAAA`),
    );
    expect(file).toMatchObject({
      startLine: 9,
      text: "groups:\n  - name: a",
      path: "alerts.yml",
      embeddedIn: { kind: "ConfigMap", namespace: "mon", name: "rules", key: "alerts.yml" },
    });
    expect(file).not.toHaveProperty("lineMap");
  });

  it("maps all lines of a JSON string to its line, and folded YAML strings to theirs", () => {
    const json = JSON.stringify(
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { "a.yml": "one: 1\ntwo: 2\n" } },
      undefined,
      2,
    );
    const [file] = filesIn(json);
    const line = json.split("\n").findIndex((text) => text.includes("a.yml")) + 1;
    expect(file).toMatchObject({ startLine: line, lineMap: [line, line, line] });
    const [folded] = filesIn(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a.yml: "one: 1\\ntwo: \\\n    2\\nthree: 3\\n"\n',
    );
    expect(folded?.text).toBe("one: 1\ntwo: 2\nthree: 3\n");
    expect(folded?.lineMap).toEqual([5, 5, 6, 6]);
  });

  it("hands over the groups of a PrometheusRule as a file, from YAML and from JSON", () => {
    const yaml =
      "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec:\n  groups:\n    - name: g\n      rules:\n        - alert: A\n          expr: up == 0\n";
    expect(filesIn(yaml)).toMatchObject([
      { startLine: 5, text: "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: up == 0\n" },
    ]);
    const json = JSON.stringify(
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: "r" },
        spec: { groups: [{ name: "g" }] },
      },
      undefined,
      2,
    );
    const [file] = filesIn(json);
    expect(JSON.parse(file?.text ?? "")).toEqual({ groups: [{ name: "g" }] });
    const nameLine = file?.text.split("\n").findIndex((text) => text.includes('"name"')) ?? -1;
    expect(json.split("\n")[(file?.lineMap?.[nameLine] ?? 0) - 1]).toContain('"name": "g"');
  });
});

describe("damaged and unusual streams", () => {
  it("keeps the other documents of a stream and names the line that does not parse", () => {
    const { facts } = read(`
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: good}
      ---
      apiVersion: v1
      kind: Service
      metadata:
        name: bad
         labels: {}
      ---
      # Source: chart/templates/x.yaml
      apiVersion: v1
      kind: Service
      metadata: {name: also-good}`);
    expect(facts["kubernetes.objects"].map((object) => object.name)).toEqual(["good", "also-good"]);
    expect(facts["config.documents"]).toMatchObject([
      {
        kind: "kubernetes-manifest",
        parseError: { at: { line: 9 }, excerpt: expect.stringContaining("labels") },
      },
    ]);
  });

  it("reads templates with their expressions as text, and says that it did", () => {
    const { facts, gaps } = read(`
      apiVersion: v1
      kind: Service
      metadata:
        name: {{ .Release.Name }}-logs
      spec:
        ports:
          - port: 3100
            targetPort: "{{ .Values.port | default "http" }}"`);
    expect(facts["kubernetes.services"]).toMatchObject([
      { name: "{{ .Release.Name }}-logs", ports: [{ port: 3100 }], at: { line: 1 } },
    ]);
    expect(gaps[0]?.detail).toContain("taken as plain text");
  });

  it.each([
    "{{- if .Values.enabled }}",
    '{{- include "chart.labels" . | nindent 4 }}',
    "{{- toYaml .Values.labels | nindent 4 }}",
    "{%- for volume in volumes %}",
  ])("an object whose parts are open (%s) is compared with nothing, and that is told", (statement) => {
    const { facts, gaps } = read(`
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-logs
  labels:
    app: logs
    ${statement}
spec:
  ports:
    - port: 3100`);
    expect(facts["kubernetes.services"]).toEqual([]);
    expect(gaps[0]).toMatchObject({
      because: "unparseable",
      decideWith: expect.stringContaining("helm template"),
    });
  });

  it("takes the remark below a pasted object for what it is", () => {
    const { facts, gaps } = read(`
      apiVersion: v1
      kind: Service
      metadata:
        name: a
      That is the service, any idea?`);
    expect(facts["kubernetes.services"]).toHaveLength(1);
    expect(gaps).toMatchObject([{ at: { line: 5 } }]);
  });

  it("recognises no other YAML as its own", () => {
    expect(read("apiVersion: 1\ndatasources:\n  - name: x\n").seen.size).toBe(0);
    expect(read("groups:\n  - name: x\n").seen.size).toBe(0);
  });
});
