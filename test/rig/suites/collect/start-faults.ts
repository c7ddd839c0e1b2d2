// A start that needs more time than its probe gives: Prometheus replays a write-ahead log and is killed while it does.
import { prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type ClusterStage, clusterScenario, contains, type Scenario } from "../../scenario.ts";
import { configMap, prometheus } from "../../stacks/cluster.ts";

const image = prometheusImage2.ref;
const copies = 400;
const wantedSeries = 130_000;

/** Prometheus scrapes itself under many names, so that its log grows quickly. */
const config = [
  "global: {scrape_interval: 10s, scrape_timeout: 10s}",
  "scrape_configs:",
  "  - job_name: self",
  "    static_configs:",
  ...Array.from(
    { length: copies },
    (_, copy) => `      - {targets: ["localhost:9090"], labels: {copy: "${copy}"}}`,
  ),
  "",
].join("\n");

/**
 * `seconds`: what the startup probe allows. A slow processor makes a long replay of a log that is small for its kind; with
 * so little of it, the time does not depend on what else the machine does.
 */
const server = (stage: ClusterStage, seconds: number, cpu: string): object[] => [
  configMap("prometheus", { "prometheus.yml": config }),
  prometheus(image, {
    pod: {
      volumes: [
        { name: "config", configMap: { name: "prometheus" } },
        { name: "data", hostPath: { path: folderOf(stage) } },
      ],
    },
    container: {
      resources: { limits: { cpu } },
      startupProbe: {
        httpGet: { path: "/-/ready", port: "http" },
        periodSeconds: 1,
        failureThreshold: seconds,
      },
      volumeMounts: [
        { name: "config", mountPath: "/etc/prometheus" },
        { name: "data", mountPath: "/prometheus" },
      ],
    },
  }),
];

const folderOf = ({ namespace }: ClusterStage): string => `/srv/${namespace}`;

const available = ({ cluster, namespace }: ClusterStage): Promise<void> =>
  cluster.wait("deployment/prometheus", "condition=Available", namespace, { timeoutMs: 200_000 });

const replace = async (stage: ClusterStage, objects: readonly object[]): Promise<void> => {
  const { cluster, namespace } = stage;
  await cluster.kubectl([
    "delete",
    "deployment/prometheus",
    "-n",
    namespace,
    "--cascade=foreground",
    "--timeout=90s",
  ]);
  await cluster.apply(objects, namespace);
};

const hasData = (stage: ClusterStage): Promise<void> =>
  until(
    `Prometheus to have ${wantedSeries} series`,
    async () => {
      const { cluster, namespace } = stage;
      const pod = (
        await cluster.kubectl(["get", "pods", "-n", namespace, "-o", "jsonpath={.items[0].metadata.name}"])
      ).stdout;
      const path = `/api/v1/namespaces/${namespace}/pods/${pod}:9090/proxy/metrics`;
      const { stdout } = await cluster.kubectl(["get", "--raw", path]);
      const series = Number(/^prometheus_tsdb_head_series (\S+)/m.exec(stdout)?.[1]);
      if (!(series >= wantedSeries)) throw new Error(`it has ${series}`);
    },
    { timeoutMs: 200_000, everyMs: 1000 },
  );

const eventSays = ({ cluster, namespace }: ClusterStage, text: RegExp): Promise<void> =>
  until(
    `an event that says ${text.source}`,
    async () => {
      const words = ["get", "events", "-n", namespace, "-o", "jsonpath={.items[*].message}"];
      contains("events", (await cluster.kubectl(words)).stdout, text);
    },
    { timeoutMs: 120_000 },
  );

export const scenarios: readonly Scenario[] = [
  clusterScenario({
    name: "startup-probe-shorter-than-replay",
    title: "a startup probe that gives up while Prometheus replays its write-ahead log restarts it for ever",
    core: false,
    needs: [prometheusImage2],
    arrange: async (stage) => {
      await stage.cluster.image(prometheusImage2);
      await stage.cluster.node.sh(`mkdir -p ${folderOf(stage)} && chown 65534:65534 ${folderOf(stage)}`);
      await stage.cluster.apply(server(stage, 120, "2"), stage.namespace);
      await available(stage);
      await hasData(stage);
    },
    healthy: available,
    inject: (stage) => replace(stage, server(stage, 14, "30m")),
    expect: async (stage) => {
      await eventSays(stage, /failed startup probe, will be restarted/);
      const words = ["logs", "deployment/prometheus", "-n", stage.namespace, "--previous"];
      const { stdout } = await until(
        "the log of the attempt that was killed",
        () => stage.cluster.kubectl(words),
        {
          timeoutMs: 120_000,
        },
      );
      contains("its log", stdout, "Replaying WAL");
      if (stdout.includes("Server is ready")) throw new Error("the start was over before it was killed");
    },
    finds: { roots: ["prometheus/probe-kills-start"] },
    recover: (stage) => replace(stage, server(stage, 120, "2")),
  }),
];
