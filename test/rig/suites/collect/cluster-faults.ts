// Faults of a monitoring stack on Kubernetes, each injected into a healthy workload and seen as the cluster shows it.
import type { Expected } from "../../diagnosis/expected.ts";
import { grafanaImage, type ImagePart, lokiImage, prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import {
  type ClusterStage,
  clusterScenario,
  contains,
  type Repair,
  type Scenario,
  same,
} from "../../scenario.ts";
import { configMap, deployment, loki, lokiConfig, prometheus, serving } from "../../stacks/cluster.ts";

type Fault = {
  readonly name: string;
  readonly title: string;
  readonly core?: boolean;
  readonly needs?: readonly ImagePart[];
  /** The objects of the healthy twin, and those of the fault: the same ones, bent. */
  readonly good: (stage: ClusterStage) => readonly object[];
  readonly bad: (stage: ClusterStage) => readonly object[];
  /** The workload that is ready in the healthy twin. */
  readonly workload: string;
  readonly expect: (stage: ClusterStage) => Promise<void>;
  readonly finds: Expected;
  readonly repair?: Repair<ClusterStage>;
};

const available = ({ cluster, namespace }: ClusterStage, workload: string): Promise<void> =>
  cluster.wait(`deployment/${workload}`, "condition=Available", namespace);

/** A pod's template that cannot be changed in place is made anew: Deployments go, Services and claims stay. */
const replace = async (stage: ClusterStage, objects: readonly object[]): Promise<void> => {
  const { cluster, namespace } = stage;
  const gone = ["--all", "--ignore-not-found", "--cascade=foreground", "--timeout=60s"];
  await cluster.kubectl(["delete", "deployments", "-n", namespace, ...gone]);
  await cluster.apply(objects, namespace);
};

const bent = ({ core, needs, good, bad, workload, ...fault }: Fault): Scenario =>
  clusterScenario({
    ...fault,
    core: core ?? false,
    needs: needs ?? [prometheusImage2],
    arrange: async (stage) => {
      for (const part of needs ?? [prometheusImage2]) await stage.cluster.image(part);
      await stage.cluster.apply(good(stage), stage.namespace);
    },
    healthy: (stage) => available(stage, workload),
    inject: (stage) => replace(stage, bad(stage)),
    recover: (stage) => replace(stage, good(stage)),
  });

const jsonPath = async ({ cluster, namespace }: ClusterStage, kind: string, path: string): Promise<string> =>
  (await cluster.kubectl(["get", kind, "-n", namespace, "-o", `jsonpath=${path}`])).stdout;

const container = "{.items[0].status.containerStatuses[0]";

const waits =
  (reason: string) =>
  (stage: ClusterStage): Promise<void> =>
    until(`a container that waits with ${reason}`, async () => {
      same("why it waits", await jsonPath(stage, "pods", `${container}.state.waiting.reason}`), reason);
    });

const eventSays = (stage: ClusterStage, text: RegExp): Promise<void> =>
  until(`an event that says ${text.source}`, async () => {
    contains("events", await jsonPath(stage, "events", "{.items[*].message}"), text);
  });

const logSays = (stage: ClusterStage, name: string, text: RegExp): Promise<void> =>
  until(`a log that says ${text.source}`, async () => {
    const { stdout } = await stage.cluster.kubectl([
      "logs",
      `deployment/${name}`,
      "-n",
      stage.namespace,
      "--tail=200",
    ]);
    contains("the log", stdout, text);
  });

/** Ready addresses of a Service, over all its slices. */
const readyAddresses = async ({ cluster, namespace }: ClusterStage, service: string): Promise<number> => {
  type Slices = { items: { endpoints?: { conditions: { ready?: boolean } }[] | null }[] };
  const label = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${label}`;
  const { items } = await cluster.read<Slices>(path);
  return items.flatMap((slice) => slice.endpoints ?? []).filter((each) => each.conditions.ready === true)
    .length;
};

const noEndpoints = (stage: ClusterStage): Promise<void> =>
  until("the Service to have no ready address", async () => {
    same("ready addresses", await readyAddresses(stage, "prometheus"), 0);
  });

const image2 = prometheusImage2.ref;
const rules = (annotation: string): string =>
  `groups:\n  - name: up\n    rules:\n      - alert: Down\n        expr: up == 0\n        annotations:\n          text: ${annotation}\n`;
const withRules = (annotation: string): readonly object[] => [
  configMap("prometheus", {
    "prometheus.yml": "rule_files: [/etc/prometheus/alerts.yml]\n",
    "alerts.yml": rules(annotation),
  }),
  prometheus(image2, { config: { map: "prometheus", at: "/etc/prometheus" } }),
];
const withLoki = (extra: string): readonly object[] => [
  configMap("loki", { "loki.yaml": lokiConfig(extra) }),
  loki(lokiImage.ref, {
    args: ["-config.file=/etc/loki/config/loki.yaml"],
    config: { map: "loki", at: "/etc/loki/config" },
  }),
];
const claim = (storageClassName: string): object => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: `data-${storageClassName}` },
  spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Gi" } } },
});
const volume = (namespace: string, storageClassName: string, claimed: string): object => ({
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: `${namespace}-${storageClassName}` },
  spec: {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    storageClassName,
    claimRef: { namespace, name: claimed },
    hostPath: { path: `/srv/${namespace}/${storageClassName}`, type: "DirectoryOrCreate" },
  },
});
const onClaim = (name: string): object =>
  prometheus(image2, { pod: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }] } });
const removeVolumes = (stage: ClusterStage): void => {
  const names = ["manual", "other"].map((each) => `${stage.namespace}-${each}`);
  stage.defer(() => stage.cluster.kubectl(["delete", "pv", ...names, "--ignore-not-found", "--wait=false"]));
};

export const scenarios: readonly Scenario[] = [
  bent({
    name: "loki-port-mismatch",
    repair: { does: ["Let the worker dial port"] },
    finds: { roots: ["loki/frontend-worker-port-mismatch"] },
    title: "Loki whose worker dials a port that nothing in the same file opens never becomes ready",
    core: true,
    needs: [lokiImage],
    workload: "loki",
    good: () => withLoki(""),
    bad: () => withLoki("frontend_worker: {frontend_address: 127.0.0.1:9095}\n"),
    expect: async (stage) => {
      await logSays(stage, "loki", /127\.0\.0\.1:9095/);
      same("ready", await jsonPath(stage, "pods", `${container}.ready}`), "false");
    },
  }),
  bent({
    name: "alert-rules-yaml-error",
    repair: { does: ["Quote the value"] },
    finds: { roots: ["prometheus/rules-file-invalid"] },
    title: "an unquoted colon in an alert's text ends Prometheus at its start",
    core: true,
    workload: "prometheus",
    good: () => withRules('"gone: look"'),
    bad: () => withRules("gone: look"),
    expect: async (stage) => {
      await waits("CrashLoopBackOff")(stage);
      await logSays(stage, "prometheus", /mapping values are not allowed in this context/);
    },
  }),
  bent({
    name: "empty-endpoints-by-selector",
    repair: { does: ["Service"] },
    finds: { roots: ["kubernetes/service-selects-nothing"] },
    title: "a Service that selects labels no pod has is empty while the pod is ready",
    workload: "prometheus",
    good: () => [prometheus(image2), serving("prometheus", 9090)],
    bad: () => [prometheus(image2), serving("prometheus", 9090, { app: "prometheus-server" })],
    expect: async (stage) => {
      await available(stage, "prometheus");
      await noEndpoints(stage);
    },
  }),
  bent({
    name: "empty-endpoints-by-port-name",
    repair: { does: ["Service"] },
    finds: { roots: ["kubernetes/service-port-unknown"] },
    title:
      "a Service whose target port has a name that no container port has is empty while the pod is ready",
    workload: "prometheus",
    good: () => [prometheus(image2), serving("prometheus", 9090)],
    bad: () => [prometheus(image2), serving("prometheus", 9090, { app: "prometheus" }, "web")],
    expect: async (stage) => {
      await available(stage, "prometheus");
      await until("the slice to have no port", async () => {
        same("ports", await jsonPath(stage, "endpointslices", "{.items[*].ports[*].port}"), "");
      });
    },
  }),
  bent({
    name: "empty-endpoints-by-readiness",
    repair: { does: ["probe"] },
    finds: { roots: ["kubernetes/probe-path-unknown"] },
    title: "a Service whose only pod is not ready lists it as not ready",
    workload: "prometheus",
    good: () => [prometheus(image2), serving("prometheus", 9090)],
    bad: () => [prometheus(image2, { ready: "/no-such-page" }), serving("prometheus", 9090)],
    expect: async (stage) => {
      await eventSays(stage, /Readiness probe failed: HTTP probe failed with statuscode: 404/);
      await noEndpoints(stage);
    },
  }),
  bent({
    name: "claim-pending",
    finds: { roots: ["kubernetes/claim-without-storage-class"] },
    title: "a claim for a storage class that nobody serves keeps its pod Pending",
    core: true,
    workload: "prometheus",
    good: (stage) => {
      removeVolumes(stage);
      return [volume(stage.namespace, "manual", "data-manual"), claim("manual"), onClaim("data-manual")];
    },
    bad: () => [claim("fast"), onClaim("data-fast")],
    expect: (stage) =>
      eventSays(
        stage,
        /unbound immediate PersistentVolumeClaims|storageclass\.storage\.k8s\.io "fast" not found/,
      ),
  }),
  bent({
    name: "volume-claimed-by-another-name",
    repair: { does: ["Name the claim that is there"], mustStay: /is bound to claim \S+ since/ },
    finds: { roots: ["kubernetes/claimref-names-no-claim"] },
    title: "a volume whose claimRef names another claim stays Available and the claim Pending",
    workload: "prometheus",
    good: (stage) => {
      removeVolumes(stage);
      return [volume(stage.namespace, "manual", "data-manual"), claim("manual"), onClaim("data-manual")];
    },
    bad: ({ namespace }) => [
      volume(namespace, "other", "prometheus-storage"),
      claim("other"),
      onClaim("data-other"),
    ],
    expect: (stage) =>
      until("the claim to be pending", async () => {
        const claimed = await stage.cluster.kubectl([
          "get",
          "pvc",
          "data-other",
          "-n",
          stage.namespace,
          "-o",
          "jsonpath={.status.phase}",
        ]);
        same("claim", claimed.stdout, "Pending");
        const phase = await stage.cluster.kubectl([
          "get",
          "pv",
          `${stage.namespace}-other`,
          "-o",
          "jsonpath={.status.phase}",
        ]);
        same("volume", phase.stdout, "Available");
      }),
  }),
  bent({
    name: "out-of-memory",
    finds: { roots: ["prometheus/out-of-memory"] },
    title: "a memory limit below what Prometheus needs ends it with OOMKilled",
    workload: "prometheus",
    good: () => [prometheus(image2, { container: { resources: { limits: { memory: "512Mi" } } } })],
    bad: () => [prometheus(image2, { container: { resources: { limits: { memory: "12Mi" } } } })],
    expect: (stage) =>
      until("a container that was OOMKilled", async () => {
        const [now, before] = [
          `${container}.state.terminated.reason}`,
          `${container}.lastState.terminated.reason}`,
        ];
        const reasons = [await jsonPath(stage, "pods", now), await jsonPath(stage, "pods", before)];
        if (!reasons.includes("OOMKilled")) throw new Error(`ended with ${reasons.join(" and ")}`);
      }),
  }),
  bent({
    name: "image-missing",
    finds: { roots: ["kubernetes/image-pull-failed"] },
    title: "an image that no registry gives keeps its pod waiting",
    workload: "prometheus",
    good: () => [prometheus(image2)],
    bad: () => [prometheus("prom/prometheus:v99.0.0")],
    expect: (stage) =>
      until("the pull to fail", async () => {
        const reason = await jsonPath(stage, "pods", `${container}.state.waiting.reason}`);
        contains("why it waits", reason, /ErrImagePull|ImagePullBackOff/);
      }),
  }),
  bent({
    name: "config-map-key-missing",
    finds: { roots: ["kubernetes/config-volume-missing"] },
    title: "a variable from a key that the ConfigMap does not have keeps the container from being made",
    workload: "prometheus",
    good: () => [
      configMap("settings", { retention: "1d" }),
      prometheus(image2, { container: fromKey("retention") }),
    ],
    bad: () => [
      configMap("settings", { retention: "1d" }),
      prometheus(image2, { container: fromKey("keep") }),
    ],
    expect: async (stage) => {
      await waits("CreateContainerConfigError")(stage);
      await eventSays(stage, /couldn't find key keep in ConfigMap/);
    },
  }),
  bent({
    name: "taint-without-toleration",
    finds: { roots: ["kubernetes/untolerated-taint"] },
    title: "a taint on the only node keeps a new pod Pending",
    workload: "prometheus",
    good: () => [
      prometheus(image2, { pod: { tolerations: [{ key: "watchmend.test/only", operator: "Exists" }] } }),
    ],
    bad: (stage) => {
      const taint = (effect: string) =>
        stage.cluster.kubectl(["taint", "node", "node1", `watchmend.test/only${effect}`]);
      stage.defer(() => taint("-"));
      return [prometheus(image2)];
    },
    expect: async (stage) => {
      await stage.cluster.kubectl([
        "taint",
        "node",
        "node1",
        "watchmend.test/only=yes:NoSchedule",
        "--overwrite",
      ]);
      await stage.cluster.kubectl(["delete", "pods", "--all", "-n", stage.namespace, "--grace-period=1"]);
      await eventSays(stage, /untolerated taint/);
    },
  }),
  bent({
    name: "wrong-data-source-address",
    finds: { roots: ["kubernetes/service-name-wrong"] },
    title: "a data source whose name resolves to nothing is reported by Grafana's own health check",
    core: false,
    needs: [grafanaImage, prometheusImage2],
    workload: "grafana",
    good: () => withGrafana("http://prometheus:9090"),
    bad: () => withGrafana("http://prometheus-server:9090"),
    expect: async (stage) => {
      await available(stage, "grafana");
      const address = `/api/v1/namespaces/${stage.namespace}/services/grafana:3000/proxy/api/datasources/uid/prom/health`;
      const ran = await stage.cluster.kubectl(["get", "--raw", address], { allowFailure: true });
      if (ran.code === 0) throw new Error(`the data source is healthy: ${ran.stdout}`);
      await logSays(stage, "grafana", /prometheus-server/);
    },
  }),
];

function fromKey(key: string): object {
  return { env: [{ name: "RETENTION", valueFrom: { configMapKeyRef: { name: "settings", key } } }] };
}

function withGrafana(url: string): readonly object[] {
  const source = { name: "Prometheus", uid: "prom", type: "prometheus", access: "proxy", url };
  return [
    configMap("sources", { "sources.yaml": JSON.stringify({ apiVersion: 1, datasources: [source] }) }),
    prometheus(image2),
    serving("prometheus", 9090),
    deployment({
      name: "grafana",
      image: grafanaImage.ref,
      port: 3000,
      ready: "/api/health",
      config: { map: "sources", at: "/etc/grafana/provisioning/datasources" },
      container: {
        env: [
          { name: "GF_AUTH_ANONYMOUS_ENABLED", value: "true" },
          { name: "GF_AUTH_ANONYMOUS_ORG_ROLE", value: "Admin" },
        ],
      },
    }),
    serving("grafana", 3000),
  ];
}
