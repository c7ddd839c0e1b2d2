// The founding incident on a real cluster: two faults at once, a third behind them, repaired unattended, taken back exactly, repaired again.
import { lokiImage, prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { putBackByHand } from "../../repair/by-hand.ts";
import { withOwnHistory } from "../../repair/there-and-back.ts";
import { type Line, watchedRun } from "../../repair/watched-run.ts";
import {
  type ClusterStage,
  clusterDeed,
  clusterScenario,
  contains,
  type Scenario,
  same,
} from "../../scenario.ts";
import { configMap, lokiConfig } from "../../stacks/cluster.ts";

const dataOf = ({ namespace }: ClusterStage): string => `/srv/${namespace}/prometheus`;

const alerts = (text: string): string =>
  `groups:\n  - name: up\n    rules:\n      - alert: Down\n        expr: up == 0\n        annotations:\n          text: ${text} # who to call\n`;

type Part = {
  readonly name: string;
  readonly image: string;
  readonly uid: number;
  readonly port: number;
  readonly ready: string;
  readonly args: readonly string[];
  readonly data: object;
  readonly dataAt: string;
  readonly configAt: string;
};

const statefulSet = (part: Part): object => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: part.name },
  spec: {
    serviceName: part.name,
    replicas: 1,
    selector: { matchLabels: { app: part.name } },
    template: {
      metadata: { labels: { app: part.name }, annotations: { team: "harbour" } },
      spec: {
        terminationGracePeriodSeconds: 2,
        securityContext: {
          runAsUser: part.uid,
          runAsGroup: part.uid,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: part.name,
            image: part.image,
            args: part.args,
            ports: [{ name: "http", containerPort: part.port }],
            readinessProbe: { httpGet: { path: part.ready, port: "http" }, periodSeconds: 1 },
            volumeMounts: [
              { name: "data", mountPath: part.dataAt },
              { name: "config", mountPath: part.configAt },
            ],
          },
        ],
        volumes: [
          { name: "data", ...part.data },
          { name: "config", configMap: { name: part.name } },
        ],
      },
    },
  },
});

const objects = (stage: ClusterStage, lokiExtra: string, text: string): readonly object[] => [
  configMap("prometheus", {
    "prometheus.yml": "rule_files: [/etc/prometheus/alerts.yml]\n",
    "alerts.yml": alerts(text),
  }),
  configMap("loki", { "loki.yaml": lokiConfig(lokiExtra) }),
  statefulSet({
    name: "prometheus",
    image: prometheusImage2.ref,
    uid: 65534,
    port: 9090,
    ready: "/-/ready",
    args: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
    data: { hostPath: { path: dataOf(stage), type: "Directory" } },
    dataAt: "/prometheus",
    configAt: "/etc/prometheus",
  }),
  statefulSet({
    name: "loki",
    image: lokiImage.ref,
    uid: 10001,
    port: 3100,
    ready: "/ready",
    args: ["-config.file=/etc/loki/config/loki.yaml"],
    data: { emptyDir: {} },
    dataAt: "/loki",
    configAt: "/etc/loki/config",
  }),
];

const restartAll = async ({ cluster, namespace }: ClusterStage): Promise<void> => {
  await cluster.kubectl(["delete", "pods", "--all", "-n", namespace, "--grace-period=1"]);
};

const ready = async ({ cluster, namespace }: ClusterStage): Promise<void> => {
  for (const pod of ["prometheus-0", "loki-0"])
    await cluster.wait(`pod/${pod}`, "condition=Ready", namespace);
};

/** Everything a repair may touch, without what the server counts up by itself. */
const picture = async (stage: ClusterStage): Promise<string> => {
  const { cluster, namespace } = stage;
  const { stdout } = await cluster.kubectl([
    "get",
    "configmaps,statefulsets,services",
    "-n",
    namespace,
    "-o",
    "json",
  ]);
  const { items } = JSON.parse(stdout) as {
    items: {
      kind: string;
      metadata: Record<string, unknown>;
      status?: unknown;
      data?: unknown;
      spec?: unknown;
    }[];
  };
  const plain = items.map(({ kind, metadata, data, spec }) => {
    const { resourceVersion: _v, generation: _g, managedFields: _m, ...rest } = metadata;
    return { kind, metadata: rest, data, spec };
  });
  const owner = await cluster.node.sh(`stat -c '%u:%g %a %n' '${dataOf(stage)}'`);
  return JSON.stringify([plain, owner], undefined, 1);
};

const versions = async ({ cluster, namespace }: ClusterStage): Promise<string> =>
  (
    await cluster.kubectl([
      "get",
      "configmaps,statefulsets,leases",
      "-n",
      namespace,
      "-o",
      "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation} {.metadata.managedFields[*].manager}{'\\n'}{end}",
    ])
  ).stdout;

const live = (stage: ClusterStage): string[] => [
  "--context",
  "rig",
  "--namespace",
  stage.namespace,
  "--host",
  "admin@node1",
];

const handsOn = ({ cluster }: ClusterStage) => ({
  hosts: { node1: cluster.node },
  kubeconfig: cluster.kubeconfig,
});

/** Exit 2 is clean, too: of a cluster without Docker and Grafana not everything can be looked at. */
const repaired = async (stage: ClusterStage, word: string): Promise<void> => {
  const ran = await stage.watchmend(["remediate", ...live(stage), "--yes", "--wait", "90"], {
    timeoutMs: 420_000,
  });
  if (ran.code !== 0 && ran.code !== 2)
    throw new Error(`${word}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  for (const title of ["Owner of", "Let the worker dial port", "Quote the value"])
    contains(word, ran.stdout, title);
  const { stdout } = await stage.watchmend(["diagnose", ...live(stage), "--format", "json"]);
  const { findings } = JSON.parse(stdout) as { findings: { role: string; severity: string; rule: string }[] };
  const left = findings.filter(({ severity }) => severity !== "notice").map(({ rule }) => rule);
  same(`what is wrong after ${word}`, left, []);
};

const healthy = ready;

const arrange = async (stage: ClusterStage): Promise<void> => {
  for (const part of [prometheusImage2, lokiImage]) await stage.cluster.image(part);
  await stage.cluster.node.sh(
    `mkdir -p '${dataOf(stage)}' && chown 65534:65534 '${dataOf(stage)}' && chmod 755 '${dataOf(stage)}'`,
  );
  await stage.cluster.apply(objects(stage, "", '"gone: look"'), stage.namespace);
  stage.readWith(live(stage));
};

const inject = async (stage: ClusterStage): Promise<void> => {
  await stage.cluster.apply(
    objects(stage, "frontend_worker: {frontend_address: 127.0.0.1:9095}\n", "gone: look"),
    stage.namespace,
  );
  await stage.cluster.node.sh(`rm -rf '${dataOf(stage)}'/* && chown root:root '${dataOf(stage)}'`);
  await restartAll(stage);
};

const expect = (stage: ClusterStage): Promise<void> =>
  until("Prometheus to be refused its directory and Loki to be not ready", async () => {
    const { stdout } = await stage.cluster.kubectl([
      "logs",
      "prometheus-0",
      "-n",
      stage.namespace,
      "--tail=50",
    ]);
    contains("the log", stdout, /permission denied/);
  });

export const scenarios: readonly Scenario[] = [
  clusterScenario({
    name: "repair-the-founding-incident",
    title:
      "owner, port and the rule file behind them are repaired, taken back to the byte, and repaired again",
    core: true,
    needs: [prometheusImage2, lokiImage],
    arrange,
    healthy,
    inject,
    expect,
    finds: {
      roots: ["prometheus/data-directory-not-writable", "loki/frontend-worker-port-mismatch"],
      latent: ["prometheus/rules-file-invalid"],
    },
    recover: async (stage) => {
      const before = await picture(stage);
      const untouched = await versions(stage);
      const dry = await stage.watchmend(["remediate", ...live(stage), "--dry-run"], { timeoutMs: 120_000 });
      same("exit of the dry run", dry.code, 1);
      same("versions after the dry run", await versions(stage), untouched);
      same("the world after the dry run", await picture(stage), before);
      await repaired(stage, "forward");
      const good = await picture(stage);
      contains("seccompProfile", good, '"seccompProfile"');
      const back = await stage.watchmend(["rollback"], { timeoutMs: 240_000 });
      same(`exit of the rollback (${back.stderr})`, back.code, 0);
      same("the world after the rollback", await picture(stage), before);
      await repaired(stage, "forward again");
      same("the world after the second repair", await picture(stage), good);
      const byHand = await putBackByHand(stage, handsOn(stage));
      same(`the world after ${byHand.join(", ")}`, await picture(stage), before);
      await repaired(stage, "once more");
      contains("history", (await stage.watchmend(["history"])).stdout, /put back/);
    },
  }),
  clusterDeed({
    name: "repair-cut-api-server",
    title:
      "the API server is stopped in the middle of a step: the run says so, and rollback restores to the byte",
    core: false,
    needs: [prometheusImage2, lokiImage],
    play: async (stage) => {
      withOwnHistory(stage);
      const { node } = stage.cluster;
      stage.defer(() => node.sh("systemctl start kube-apiserver"));
      await arrange(stage);
      await healthy(stage);
      await inject(stage);
      await expect(stage);
      const before = await picture(stage);
      for (const kind of ["edit-document", "restart"]) {
        const isTime = (fresh: readonly Line[]): boolean =>
          fresh.at(-1)?.what === "intent" && fresh.at(-1)?.kind === kind;
        const ran = await watchedRun(
          stage,
          ["remediate", ...live(stage), "--yes", "--wait", "60"],
          { isTime, deed: () => node.sh("systemctl stop kube-apiserver") },
          { KUBECONFIG: stage.cluster.kubeconfig },
        );
        if (!ran.met) throw new Error(`no step ${kind} was met:\n${ran.said}`);
        if (ran.code === 0 || ran.code === 2)
          throw new Error(`cut in ${kind}, it still ends well:\n${ran.said}`);
        await node.sh("systemctl start kube-apiserver");
        await until("the API server to be ready", () => stage.cluster.kubectl(["get", "--raw", "/readyz"]));
        const history = await stage.watchmend(["history", "--format", "json"]);
        const { transactions } = JSON.parse(history.stdout) as {
          transactions: { id: string; state: string }[];
        };
        for (const { id } of transactions.filter(({ state }) => state !== "rolled-back").reverse()) {
          const back = await stage.watchmend(["rollback", id], { timeoutMs: 240_000 });
          same(`cut in ${kind}: exit of rollback ${id}\n${ran.said}\n${back.stderr}`, back.code, 0);
        }
        same(`cut in ${kind}: the world`, await picture(stage), before);
      }
    },
  }),
];
