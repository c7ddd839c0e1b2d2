// `watchmend validate --canary` on the real cluster: a pod's line travels through the agent to Loki and back through Grafana.
import type { Validation } from "../../../../src/model/check.ts";
import { grafanaImage, lokiImage, prometheusImage2, promtailImage } from "../../parts/images.ts";
import { say } from "../../process/progress.ts";
import { until } from "../../process/wait.ts";
import { type ClusterStage, clusterDeed, clusterScenario, type Scenario, same } from "../../scenario.ts";
import { configMap, deployment, loki, lokiConfig, prometheus, serving } from "../../stacks/cluster.ts";

const agentConfig = (
  namespace: string,
  port: number,
): string => `server: {http_listen_port: 9080, grpc_listen_port: 0}
positions: {filename: /tmp/positions.yaml}
clients: [{url: "http://loki.${namespace}.svc:${port}/loki/api/v1/push", batchwait: 200ms}]
target_config: {sync_period: 2s}
scrape_configs:
  - job_name: pods
    pipeline_stages: [{cri: {}}]
    static_configs: [{targets: [localhost], labels: {job: pods, __path__: "/var/log/pods/${namespace}_*/*/*.log"}}]
`;

const sources = (namespace: string): string => `apiVersion: 1
datasources:
  - {name: Prometheus, uid: prom, type: prometheus, access: proxy, url: "http://prometheus.${namespace}.svc:9090", isDefault: true}
  - {name: Loki, uid: loki, type: loki, access: proxy, url: "http://loki.${namespace}.svc:3100"}
`;

const agent = (image: string): object => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "promtail" },
  spec: {
    selector: { matchLabels: { app: "promtail" } },
    template: {
      metadata: { labels: { app: "promtail" } },
      spec: {
        terminationGracePeriodSeconds: 2,
        containers: [
          {
            name: "promtail",
            image,
            args: ["-config.file=/etc/promtail/config.yaml"],
            ports: [{ name: "http", containerPort: 9080 }],
            readinessProbe: {
              httpGet: { path: "/ready", port: "http" },
              periodSeconds: 1,
              timeoutSeconds: 10,
            },
            volumeMounts: [
              { name: "config", mountPath: "/etc/promtail" },
              { name: "logs", mountPath: "/var/log", readOnly: true },
            ],
          },
        ],
        volumes: [
          { name: "config", configMap: { name: "promtail" } },
          { name: "logs", hostPath: { path: "/var/log", type: "Directory" } },
        ],
      },
    },
  },
});

/** Whoever looks may read the data sources: the API server's proxy passes no login on. */
const open = ["GF_AUTH_ANONYMOUS_ENABLED=true", "GF_AUTH_ANONYMOUS_ORG_ROLE=Admin"].map((pair) => {
  const [name, value] = pair.split("=");
  return { name, value };
});

export const arrange = async ({ cluster, namespace }: ClusterStage): Promise<void> => {
  await cluster.apply(
    [
      configMap("loki", { "loki.yaml": lokiConfig() }),
      loki(await cluster.image(lokiImage), {
        args: ["-config.file=/etc/loki/config/loki.yaml"],
        config: { map: "loki", at: "/etc/loki/config" },
      }),
      serving("loki", 3100),
      prometheus(await cluster.image(prometheusImage2)),
      serving("prometheus", 9090),
      configMap("sources", { "sources.yaml": sources(namespace) }),
      deployment({
        name: "grafana",
        image: await cluster.image(grafanaImage),
        port: 3000,
        ready: "/api/health",
        container: { env: open },
        config: { map: "sources", at: "/etc/grafana/provisioning/datasources" },
      }),
      serving("grafana", 3000),
      configMap("promtail", { "config.yaml": agentConfig(namespace, 3100) }),
      agent(await cluster.image(promtailImage)),
    ],
    namespace,
  );
  for (const app of ["loki", "prometheus", "grafana"])
    await cluster.wait(`deployment/${app}`, "condition=Available", namespace, { timeoutMs: 120_000 });
  await cluster.kubectl(["rollout", "status", "daemonset/promtail", "-n", namespace, "--timeout=90s"]);
  await firstSample(cluster, namespace);
};

/** Its interval is the default of a minute: until the first scrape a stack has no metrics to find. */
const firstSample = async (cluster: ClusterStage["cluster"], namespace: string): Promise<void> =>
  until(
    "Prometheus' first sample",
    async () => {
      const path = `/api/v1/namespaces/${namespace}/services/prometheus:9090/proxy/api/v1/query?query=up`;
      const { stdout } = await cluster.kubectl(["get", "--raw", path]);
      if (!stdout.includes('"value"')) throw new Error(stdout);
    },
    { timeoutMs: 120_000 },
  );

export const suites = ["--suite", "pods", "health", "flow", "grafana"];

const validate = async ({ watchmend, namespace }: ClusterStage): Promise<Validation> => {
  const flags = [
    "--context",
    "rig",
    "--namespace",
    namespace,
    "--canary",
    "--timeout",
    "30s",
    "--format",
    "json",
  ];
  const ran = await watchmend(["validate", ...flags, ...suites]);
  if (ran.code === 3) throw new Error(`validate could not run: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as Validation;
};

export const told = ({ verdicts }: Validation, ...states: string[]): string[] =>
  verdicts
    .filter(({ state }) => states.includes(state))
    .map(({ check, state, says }) => `${check} ${state}: ${says}`);

const failing = ({ verdicts }: Validation): string[] =>
  [...new Set(verdicts.filter(({ state }) => state === "fail").map(({ check }) => check))].sort();

const statesOf = ({ verdicts }: Validation, check: string): string[] =>
  verdicts.filter((verdict) => verdict.check === check).map(({ state }) => state);

/** Nothing of ours stays behind. */
const isClean = async ({ cluster, namespace }: ClusterStage): Promise<void> =>
  until("the canary's pods to be gone", async () => {
    const left = await cluster.kubectl([
      "get",
      "pods",
      "-n",
      namespace,
      "-l",
      "io.watchmend.canary",
      "-o",
      "name",
    ]);
    same("pods of the canary", left.stdout.trim(), "");
  });

export const green = async (stage: ClusterStage): Promise<void> => {
  const validation = await validate(stage);
  same("what fails or is not known", told(validation, "fail", "unknown"), []);
  same("the canary", statesOf(validation, "flow/canary-lines"), ["pass"]);
  same("what comes back through Grafana", statesOf(validation, "flow/through-grafana"), ["pass", "pass"]);
  await isClean(stage);
};

const push = async ({ cluster, namespace }: ClusterStage, port: number): Promise<void> => {
  await cluster.apply([configMap("promtail", { "config.yaml": agentConfig(namespace, port) })], namespace);
  await cluster.kubectl(["rollout", "restart", "daemonset/promtail", "-n", namespace]);
  await cluster.kubectl(["rollout", "status", "daemonset/promtail", "-n", namespace, "--timeout=90s"]);
};

const needs = [grafanaImage, lokiImage, prometheusImage2, promtailImage];
const healthyRuns = Number(process.env.WATCHMEND_RIG_HEALTHY_RUNS ?? 3);

export const scenarios: readonly Scenario[] = [
  clusterDeed({
    name: "cluster-healthy-runs",
    title: "healthy runs in a row on a cluster, each with a canary, are all green",
    core: false,
    needs,
    play: async (stage) => {
      await arrange(stage);
      for (let run = 1; run <= healthyRuns; run += 1) {
        await green(stage);
        say(`${run} of ${healthyRuns} green`);
      }
    },
  }),
  clusterScenario({
    name: "cluster-agent-pushes-elsewhere",
    title:
      "a cluster's log agent that pushes to a port nobody listens on turns its canary red, and nothing else",
    core: false,
    needs,
    arrange,
    healthy: green,
    inject: (stage) => push(stage, 3101),
    expect: async (stage) => {
      const validation = await validate(stage);
      same(`what fails (${told(validation, "fail").join("; ")})`, failing(validation), ["flow/canary-lines"]);
      await isClean(stage);
    },
    finds: { roots: ["kubernetes/service-lacks-port"], alsoTrue: ["promtail/push-failing"] },
    recover: (stage) => push(stage, 3100),
  }),
];
