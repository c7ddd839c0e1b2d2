// Prometheus and DNS on the real cluster: what the kubelet, the file system and CoreDNS really do.
import { prometheusImage2, prometheusImage3 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type ClusterStage, clusterScenario, contains, type Scenario, same } from "../../scenario.ts";

type Owner = { readonly uid: number; readonly mode: string };

/** Prometheus as uid 65534 with its data on a folder of the node, behind a Service. */
const prometheus = (image: string, folder: string, group: object = {}): object[] => {
  const labels = { app: "prometheus" };
  return [
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "prometheus" },
      spec: {
        serviceName: "prometheus",
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 5,
            securityContext: { runAsUser: 65534, ...group, runAsNonRoot: true, fsGroup: 65534 },
            containers: [
              {
                name: "prometheus",
                image,
                args: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
                ports: [{ name: "http", containerPort: 9090 }],
                readinessProbe: { httpGet: { path: "/-/ready", port: "http" }, periodSeconds: 1 },
                volumeMounts: [{ name: "data", mountPath: "/prometheus" }],
              },
            ],
            volumes: [{ name: "data", hostPath: { path: folder, type: "Directory" } }],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "prometheus" },
      spec: {
        clusterIP: "None",
        selector: labels,
        ports: [{ name: "http", port: 9090, targetPort: "http" }],
      },
    },
  ];
};

const folderOf = (stage: ClusterStage): string => `/srv/${stage.namespace}`;

const own = async (stage: ClusterStage, { uid, mode }: Owner): Promise<void> => {
  const folder = folderOf(stage);
  await stage.cluster.node.sh(
    `mkdir -p ${folder} && chown ${uid}:${uid} ${folder} && chmod ${mode} ${folder}`,
  );
};

/** Changes the folder while no Prometheus has it open, as a maintenance window does. */
const whileDown = async (stage: ClusterStage, change: () => Promise<void>): Promise<void> => {
  const scale = (replicas: number) =>
    stage.cluster.kubectl([
      "scale",
      "statefulset/prometheus",
      "-n",
      stage.namespace,
      `--replicas=${replicas}`,
    ]);
  await scale(0);
  await stage.cluster.wait("pod/prometheus-0", "delete", stage.namespace);
  await change();
  await scale(1);
};

const ready = ({ cluster, namespace }: ClusterStage): Promise<void> =>
  cluster.wait("pod/prometheus-0", "condition=Ready", namespace);

const crashLoops = (stage: ClusterStage): Promise<void> =>
  until(
    "prometheus-0 to be in a crash loop",
    async () => {
      const path = "{.status.containerStatuses[0].state.waiting.reason}";
      const get = ["get", "pod", "prometheus-0", "-n", stage.namespace, "-o", `jsonpath=${path}`];
      same("why it waits", (await stage.cluster.kubectl(get)).stdout, "CrashLoopBackOff");
    },
    { timeoutMs: 90_000, everyMs: 500 },
  );

type Denied = {
  readonly name: string;
  readonly image: typeof prometheusImage2;
  readonly core: boolean;
  /** What is in the folder when root takes it: data of before, whose files Prometheus still owns, or nothing. */
  readonly folder: "with-data" | "empty";
  readonly says: RegExp;
  /** The folklore's remedy: it changes nothing, because the folder's owner class decides. */
  readonly group?: { readonly runAsGroup: number };
};

const rootOwned = ({ name, image, core, folder, says, group }: Denied): Scenario =>
  clusterScenario({
    name,
    repair: {
      flags: ["--host", "admin@node1"],
      does: ["Owner of"],
      watches: (stage) => [`node1:${folderOf(stage)}`],
      // What it made while it worked is its own, and would let it start.
      provoke: (stage) =>
        whileDown(stage, async () => {
          await stage.cluster.node.sh(`rm -rf ${folderOf(stage)}/${folder === "empty" ? "*" : "lock"}`);
        }),
    },
    finds: { roots: ["prometheus/data-directory-not-writable"] },
    title: `${image.ref} on a root-owned ${folder} folder of the node fails again and again: ${says.source}`,
    core,
    needs: [image],
    arrange: async (stage) => {
      await own(stage, { uid: 65534, mode: "755" });
      await stage.cluster.apply(
        prometheus(await stage.cluster.image(image), folderOf(stage), group),
        stage.namespace,
      );
    },
    healthy: ready,
    inject: (stage) =>
      whileDown(stage, async () => {
        const gone = folder === "empty" ? "*" : "lock";
        await stage.cluster.node.sh(`rm -rf ${folderOf(stage)}/${gone}`);
        await own(stage, { uid: 0, mode: "755" });
      }),
    expect: async (stage) => {
      await crashLoops(stage);
      const last = ["logs", "prometheus-0", "-n", stage.namespace, "--previous"];
      contains("the log of the last attempt", (await stage.cluster.kubectl(last)).stdout, says);
    },
    recover: (stage) => whileDown(stage, () => own(stage, { uid: 65534, mode: "755" })),
  });

const lookUp = async ({ cluster, namespace }: ClusterStage, name: string): Promise<string> => {
  const look = ["exec", "-n", namespace, "prometheus-0", "--", "nslookup", name];
  const ran = await cluster.kubectl(look, { allowFailure: true });
  return `${ran.stdout}\n${ran.stderr}`;
};

export const scenarios: readonly Scenario[] = [
  // Debian builds 2.42 so that it makes no lock file unless told to; upstream's programs make one.
  rootOwned({
    name: "root-owned-hostpath",
    image: prometheusImage3,
    core: false,
    folder: "with-data",
    says: /open \/prometheus\/lock: permission denied/,
  }),
  rootOwned({
    name: "root-owned-hostpath-with-run-as-group",
    image: prometheusImage3,
    core: false,
    folder: "with-data",
    says: /open \/prometheus\/lock: permission denied/,
    group: { runAsGroup: 65534 },
  }),
  rootOwned({
    name: "root-owned-empty-hostpath",
    image: prometheusImage2,
    core: true,
    folder: "empty",
    says: /Unable to create mmap-ed active query log/,
  }),
  clusterScenario({
    name: "cluster-dns",
    repair: { does: ["Service"] },
    finds: { roots: ["kubernetes/service-selects-nothing"] },
    title:
      "a headless Service's name resolves as long as a pod behind it is ready, and is NXDOMAIN otherwise",
    core: false,
    needs: [prometheusImage2],
    arrange: async (stage) => {
      await own(stage, { uid: 65534, mode: "755" });
      const image = await stage.cluster.image(prometheusImage2);
      await stage.cluster.apply(prometheus(image, folderOf(stage)), stage.namespace);
      await ready(stage);
    },
    healthy: (stage) =>
      until("the Service's name to resolve", async () => {
        const name = `prometheus.${stage.namespace}.svc.cluster.local`;
        contains("the answer", await lookUp(stage, name), /Address: 10\.244\./);
      }),
    inject: async ({ cluster, namespace }) => {
      const selector = { spec: { selector: { app: "prometheus-server" } } };
      await cluster.kubectl([
        "patch",
        "service",
        "prometheus",
        "-n",
        namespace,
        "-p",
        JSON.stringify(selector),
      ]);
    },
    expect: (stage) =>
      until("the Service's name to be gone", async () => {
        const name = `prometheus.${stage.namespace}.svc.cluster.local`;
        contains("the answer", await lookUp(stage, name), "NXDOMAIN");
      }),
    recover: async ({ cluster, namespace }) => {
      const selector = { spec: { selector: { app: "prometheus" } } };
      await cluster.kubectl([
        "patch",
        "service",
        "prometheus",
        "-n",
        namespace,
        "-p",
        JSON.stringify(selector),
      ]);
    },
  }),
];
