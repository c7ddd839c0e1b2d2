// The incident that watchmend was made for, whole and for real: four components, three faults, one of them masked by another.
import {
  grafanaImage,
  lokiImage,
  nodeExporterImage,
  prometheusImage2,
  promtailImage,
} from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type ClusterStage, clusterScenario, contains, type Scenario, same } from "../../scenario.ts";
import { configMap, deployment, lokiConfig, serving } from "../../stacks/cluster.ts";

const scrapes = `global: {scrape_interval: 5s}
rule_files: [/etc/prometheus/alerts.yml]
scrape_configs:
  - job_name: prometheus
    static_configs: [{targets: ["localhost:9090"]}]
  - job_name: node
    static_configs: [{targets: ["node-exporter:9100"]}]
  - job_name: loki
    static_configs: [{targets: ["loki:3100"]}]
`;

const alerts = (summary: string): string => `groups:
  - name: hosts
    rules:
      - alert: HostDown
        expr: up == 0
        for: 5m
        annotations:
          summary: ${summary}
`;

const pushes = `server: {http_listen_port: 9080, grpc_listen_port: 0}
positions: {filename: /tmp/positions.yaml}
clients: [{url: "http://loki:3100/loki/api/v1/push"}]
scrape_configs:
  - job_name: node
    static_configs:
      - targets: [localhost]
        labels: {job: node, __path__: /var/log/*.log}
`;

const sources = `apiVersion: 1
datasources:
  - {name: Prometheus, uid: prom, type: prometheus, access: proxy, url: "http://prometheus:9090"}
  - {name: Loki, uid: loki, type: loki, access: proxy, url: "http://loki:3100"}
`;

type Faults = { readonly worker: string; readonly summary: string };
const good: Faults = { worker: "", summary: '"{{ $labels.instance }} is down: look at it"' };
const bad: Faults = {
  worker: "frontend_worker: {frontend_address: 127.0.0.1:9095}\n",
  summary: "{{ $labels.instance }} is down: look at it",
};

const folderOf = ({ namespace }: ClusterStage): string => `/srv/${namespace}`;

const stateful = (
  stage: ClusterStage,
  more: {
    readonly name: string;
    readonly image: string;
    readonly port: number;
    readonly ready: string;
    readonly args: readonly string[];
    readonly config: string;
    readonly data: string;
    readonly user: number;
  },
): object => {
  const labels = { app: more.name };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: more.name, labels },
    spec: {
      serviceName: more.name,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 2,
          securityContext: { runAsUser: more.user, runAsNonRoot: true, fsGroup: more.user },
          containers: [
            {
              name: more.name,
              image: more.image,
              args: more.args,
              ports: [{ name: "http", containerPort: more.port }],
              readinessProbe: { httpGet: { path: more.ready, port: "http" }, periodSeconds: 1 },
              volumeMounts: [
                { name: "config", mountPath: more.config },
                { name: "data", mountPath: more.data },
              ],
            },
          ],
          volumes: [
            { name: "config", configMap: { name: `${more.name}-config` } },
            { name: "data", hostPath: { path: `${folderOf(stage)}/${more.name}`, type: "Directory" } },
          ],
        },
      },
    },
  };
};

const objects = async (stage: ClusterStage, { worker, summary }: Faults): Promise<object[]> => {
  const { cluster } = stage;
  return [
    configMap("prometheus-config", { "prometheus.yml": scrapes, "alerts.yml": alerts(summary) }),
    stateful(stage, {
      name: "prometheus",
      image: await cluster.image(prometheusImage2),
      port: 9090,
      ready: "/-/ready",
      args: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      config: "/etc/prometheus",
      data: "/prometheus",
      user: 65534,
    }),
    headless("prometheus", 9090),
    configMap("loki-config", { "loki.yaml": lokiConfig(worker) }),
    stateful(stage, {
      name: "loki",
      image: await cluster.image(lokiImage),
      port: 3100,
      ready: "/ready",
      args: ["-config.file=/etc/loki/config/loki.yaml"],
      config: "/etc/loki/config",
      data: "/loki",
      user: 10001,
    }),
    headless("loki", 3100),
    configMap("grafana-datasources", { "sources.yaml": sources }),
    deployment({
      name: "grafana",
      image: await cluster.image(grafanaImage),
      port: 3000,
      ready: "/api/health",
      config: { map: "grafana-datasources", at: "/etc/grafana/provisioning/datasources" },
    }),
    serving("grafana", 3000),
    configMap("promtail", { "config.yaml": pushes }),
    ...agents(await cluster.image(nodeExporterImage), await cluster.image(promtailImage)),
    serving("node-exporter", 9100),
  ];
};

const headless = (name: string, port: number): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name },
  spec: { clusterIP: "None", selector: { app: name }, ports: [{ name: "http", port, targetPort: "http" }] },
});

const agents = (exporter: string, promtail: string): object[] => {
  const daemonSet = (name: string, container: object, volumes: readonly object[] = []): object => ({
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { terminationGracePeriodSeconds: 2, containers: [{ name, ...container }], volumes },
      },
    },
  });
  return [
    daemonSet("node-exporter", { image: exporter, ports: [{ name: "http", containerPort: 9100 }] }),
    daemonSet(
      "promtail",
      {
        image: promtail,
        args: ["-config.file=/etc/promtail/config.yaml"],
        ports: [{ name: "http", containerPort: 9080 }],
        volumeMounts: [
          { name: "config", mountPath: "/etc/promtail" },
          { name: "logs", mountPath: "/var/log", readOnly: true },
        ],
      },
      [
        { name: "config", configMap: { name: "promtail" } },
        { name: "logs", hostPath: { path: "/var/log", type: "Directory" } },
      ],
    ),
  ];
};

const own = (stage: ClusterStage, owner: string): Promise<unknown> =>
  stage.cluster.node.sh(
    `rm -rf ${folderOf(stage)} && mkdir -p ${folderOf(stage)}/prometheus ${folderOf(stage)}/loki && chown -R 10001:10001 ${folderOf(stage)}/loki && chown ${owner} ${folderOf(stage)}/prometheus && chmod 755 ${folderOf(stage)}/prometheus`,
  );

/** The stack goes and its folders are made anew, as a second playbook run makes them. */
const redeploy = async (stage: ClusterStage, faults: Faults, owner: string): Promise<void> => {
  const { cluster, namespace } = stage;
  const gone = ["--all", "--ignore-not-found", "--cascade=foreground", "--timeout=90s"];
  await cluster.kubectl(["delete", "deployments,statefulsets,daemonsets", "-n", namespace, ...gone]);
  await own(stage, owner);
  await cluster.apply(await objects(stage, faults), namespace);
};

const waitsWith = (stage: ClusterStage, pod: string, reason: string): Promise<void> =>
  until(
    `${pod} to wait with ${reason}`,
    async () => {
      const path = "{.status.containerStatuses[0].state.waiting.reason}";
      const get = ["get", "pod", pod, "-n", stage.namespace, "-o", `jsonpath=${path}`];
      same("why it waits", (await stage.cluster.kubectl(get)).stdout, reason);
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );

export const scenarios: readonly Scenario[] = [
  clusterScenario({
    name: "founding-incident",
    title:
      "a data folder that root took over, a Loki that dials itself on a port nobody opens, and an alert rule whose YAML error is masked",
    core: true,
    needs: [prometheusImage2, lokiImage, grafanaImage, nodeExporterImage, promtailImage],
    finds: {
      roots: ["prometheus/data-directory-not-writable", "loki/frontend-worker-port-mismatch"],
      latent: ["prometheus/rules-file-invalid"],
      bothVerbs: true,
    },
    arrange: async (stage) => {
      await stage.cluster.node.sh("echo started > /var/log/rig.log");
      await own(stage, "65534:65534");
      await stage.cluster.apply(await objects(stage, good), stage.namespace);
    },
    healthy: async ({ cluster, namespace }) => {
      for (const pod of ["pod/prometheus-0", "pod/loki-0"])
        await cluster.wait(pod, "condition=Ready", namespace);
      await cluster.wait("deployment/grafana", "condition=Available", namespace);
      await cluster.kubectl(["rollout", "status", "daemonset/promtail", "-n", namespace, "--timeout=60s"]);
    },
    inject: (stage) => redeploy(stage, bad, "root:root"),
    expect: async (stage) => {
      await waitsWith(stage, "prometheus-0", "CrashLoopBackOff");
      const last = ["logs", "prometheus-0", "-n", stage.namespace, "--previous"];
      contains("the last attempt", (await stage.cluster.kubectl(last)).stdout, /permission denied/);
      await until("Loki to dial in vain", async () => {
        const { stdout } = await stage.cluster.kubectl(["logs", "loki-0", "-n", stage.namespace]);
        contains("Loki's log", stdout, /127\.0\.0\.1:9095/);
      });
    },
    recover: (stage) => redeploy(stage, good, "65534:65534"),
  }),
];
