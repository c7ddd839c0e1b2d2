// Faults of the cluster itself and of what lies below a workload: DNS, the node, its disk, rights, one fault behind another.
import { busyboxImage, prometheusImage2, prometheusImage3 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type ClusterStage, clusterScenario, contains, type Scenario, same } from "../../scenario.ts";
import { configMap, prometheus, serving } from "../../stacks/cluster.ts";

const image = prometheusImage2.ref;

const logs = async ({ cluster, namespace }: ClusterStage, ...more: string[]): Promise<string> => {
  const words = ["logs", "deployment/prometheus", "-n", namespace, "--limit-bytes=400000", ...more];
  return (await cluster.kubectl(words)).stdout;
};

const logSays = (stage: ClusterStage, text: RegExp): Promise<void> =>
  until(`Prometheus to say ${text.source}`, async () => contains("its log", await logs(stage), text));

const available = ({ cluster, namespace }: ClusterStage): Promise<void> =>
  cluster.wait("deployment/prometheus", "condition=Available", namespace);

/** Ends the pod and waits until it is gone, so that the next one is looked at. */
const renew = async ({ cluster, namespace }: ClusterStage): Promise<void> => {
  await cluster.kubectl([
    "delete",
    "pods",
    "-l",
    "app=prometheus",
    "-n",
    namespace,
    "--grace-period=1",
    "--timeout=60s",
  ]);
};

const folderOf = ({ namespace }: ClusterStage): string => `/srv/${namespace}`;

const onFolder = (path: string, extra: readonly object[] = [], mounts: readonly object[] = []): object =>
  prometheus(image, {
    pod: { volumes: [{ name: "data", hostPath: { path } }, ...extra] },
    container: { volumeMounts: [{ name: "data", mountPath: "/prometheus" }, ...mounts] },
  });

const coreDns = async ({ cluster }: ClusterStage, replicas: number): Promise<void> => {
  await cluster.kubectl(["scale", "deployment/coredns", "-n", "kube-system", `--replicas=${replicas}`]);
  if (replicas === 0) await cluster.wait("pod", "delete", "kube-system").catch(() => undefined);
  else await cluster.wait("deployment/coredns", "jsonpath={.status.readyReplicas}=1", "kube-system");
};

const lookUp = async ({ cluster, namespace }: ClusterStage): Promise<string> => {
  const words = [
    "exec",
    "client",
    "-n",
    namespace,
    "--",
    "nslookup",
    `prometheus.${namespace}.svc.cluster.local`,
  ];
  const ran = await cluster.kubectl(words, { allowFailure: true });
  return `${ran.stdout}\n${ran.stderr}`;
};

const nodeSays = ({ cluster }: ClusterStage, wanted: string): Promise<void> =>
  until(`the node's Ready to be ${wanted}`, async () => {
    const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
    same("Ready", (await cluster.kubectl(["get", "node", "node1", "-o", path])).stdout, wanted);
  });

const startKubelet = async (stage: ClusterStage): Promise<void> => {
  await stage.cluster.node.sh("systemctl start kubelet");
  await nodeSays(stage, "True");
};

const badRules =
  "groups:\n  - name: up\n    rules:\n      - alert: Down\n        expr: up == 0\n        labels:\n          text: gone: look\n";
const rulesMount = { name: "rules", mountPath: "/etc/prometheus" };
const withRules = (stage: ClusterStage, rules: string): object[] => [
  configMap("rules", { "prometheus.yml": "rule_files: [/etc/prometheus/alerts.yml]\n", "alerts.yml": rules }),
  onFolder(folderOf(stage), [{ name: "rules", configMap: { name: "rules" } }], [rulesMount]),
];

const own = async (stage: ClusterStage, uid: number): Promise<void> => {
  await stage.cluster.node.sh(`mkdir -p ${folderOf(stage)} && chown ${uid}:${uid} ${folderOf(stage)}`);
};

/** An empty folder that Prometheus may not write to: it ends before it reads its rules. */
const hide = async (stage: ClusterStage): Promise<void> => {
  await stage.cluster.node.sh(`rm -rf ${folderOf(stage)}/*`);
  await own(stage, 0);
  await renew(stage);
};

const fastScrapes =
  "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: self, static_configs: [{targets: [localhost:9090]}]}]\n";

const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "prometheus" } };
const discovery =
  "scrape_configs: [{job_name: pods, kubernetes_sd_configs: [{role: pod, namespaces: {own_namespace: true}}]}]\n";
const rights = (verbs: readonly string[]): object[] => [
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "prometheus" },
    rules: [{ apiGroups: [""], resources: ["pods"], verbs }],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "prometheus" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "prometheus" },
    subjects: [{ kind: "ServiceAccount", name: "prometheus" }],
  },
];

export const scenarios: readonly Scenario[] = [
  clusterScenario({
    name: "coredns-down",
    finds: { roots: ["coredns/down"] },
    title: "without CoreDNS a look-up gets no answer, which is not the answer that there is no such name",
    core: true,
    needs: [prometheusImage2, busyboxImage],
    arrange: async (stage) => {
      await stage.cluster.image(prometheusImage2);
      const client = {
        name: "client",
        image: await stage.cluster.image(busyboxImage),
        command: ["sleep", "3600"],
      };
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "client" },
        spec: { containers: [client] },
      };
      await stage.cluster.apply([prometheus(image), serving("prometheus", 9090), pod], stage.namespace);
      await stage.cluster.wait("pod/client", "condition=Ready", stage.namespace);
      await available(stage);
    },
    healthy: (stage) =>
      until("the Service's name to resolve", async () =>
        contains("answer", await lookUp(stage), /Address: 10\.96\./),
      ),
    inject: async (stage) => {
      stage.defer(() => coreDns(stage, 1));
      await coreDns(stage, 0);
    },
    expect: (stage) =>
      until("look-ups to get no answer", async () => {
        const answer = await lookUp(stage);
        contains("the answer", answer, /timed out|no servers could be reached|refused/i);
        if (answer.includes("NXDOMAIN")) throw new Error("there was an answer");
      }),
    recover: (stage) => coreDns(stage, 1),
  }),
  clusterScenario({
    name: "node-not-ready",
    finds: { roots: ["kubernetes/node-not-ready"] },
    title: "a node whose kubelet is stopped becomes Unknown and says since when",
    core: false,
    needs: [prometheusImage2],
    arrange: async (stage) => {
      await stage.cluster.image(prometheusImage2);
      await stage.cluster.apply([prometheus(image)], stage.namespace);
    },
    healthy: async (stage) => {
      await nodeSays(stage, "True");
      await available(stage);
    },
    inject: async (stage) => {
      stage.defer(() => startKubelet(stage));
      await stage.cluster.node.sh("systemctl stop kubelet");
    },
    expect: async (stage) => {
      await nodeSays(stage, "Unknown");
      const described = await stage.cluster.kubectl(["describe", "node", "node1"]);
      contains("the node", described.stdout, "Kubelet stopped posting node status.");
    },
    recover: startKubelet,
  }),
  clusterScenario({
    name: "disk-full",
    finds: { roots: ["prometheus/mmap-fault-at-start"], alsoTrue: ["prometheus/volume-full"] },
    title: "a data volume without a free byte: samples are lost, and the next start ends in a bus error",
    core: false,
    needs: [prometheusImage2],
    arrange: async (stage) => {
      const folder = folderOf(stage);
      const disk = `/var/lib/kubelet/${stage.namespace}.ext4`;
      stage.defer(() => stage.cluster.node.sh(`umount -l ${folder} || true; rm -f ${disk}`));
      await stage.cluster.node.sh(`truncate -s 24M ${disk} && mkfs.ext4 -q ${disk} && mkdir -p ${folder}`);
      await stage.cluster.node.sh(`mount -o loop ${disk} ${folder} && chown 65534:65534 ${folder}`);
      await stage.cluster.image(prometheusImage2);
      const config = configMap("fast", { "prometheus.yml": fastScrapes });
      const mount = { name: "config", mountPath: "/etc/prometheus" };
      const server = onFolder(folder, [{ name: "config", configMap: { name: "fast" } }], [mount]);
      await stage.cluster.apply([config, server], stage.namespace);
    },
    healthy: available,
    inject: async (stage) => {
      await stage.cluster.node.sh(`dd if=/dev/zero of=${folderOf(stage)}/fill bs=4k 2>/dev/null || true`);
    },
    expect: async (stage) => {
      await logSays(stage, /no space left on device/);
      await stage.diagnoses({ roots: ["prometheus/volume-full"] });
      // Started anew it maps a file that has no blocks to write to.
      await renew(stage);
      await logSays(stage, /SIGBUS|unexpected fault address/);
    },
    recover: async (stage) => {
      await stage.cluster.node.sh(`rm -f ${folderOf(stage)}/fill`);
      await renew(stage);
    },
  }),
  clusterScenario({
    name: "discovery-forbidden",
    finds: { roots: ["prometheus/discovery-forbidden"] },
    title: "Prometheus without the right to list pods finds nothing and says so in its log only",
    core: false,
    // Debian builds 2.42 without Kubernetes discovery.
    needs: [prometheusImage3],
    arrange: async (stage) => {
      await stage.cluster.image(prometheusImage3);
      const pod = {
        serviceAccountName: "prometheus",
        volumes: [{ name: "config", configMap: { name: "prometheus" } }],
      };
      const config = { map: "prometheus", at: "/etc/prometheus" };
      const server = prometheus(prometheusImage3.ref, { config, pod });
      const objects = [
        account,
        ...rights(["get", "list", "watch"]),
        configMap("prometheus", { "prometheus.yml": discovery }),
      ];
      await stage.cluster.apply([...objects, server], stage.namespace);
    },
    healthy: async (stage) => {
      await available(stage);
      if ((await logs(stage)).includes("forbidden")) throw new Error("its log says forbidden");
    },
    inject: async (stage) => {
      await stage.cluster.apply(rights(["get"]), stage.namespace);
      await renew(stage);
    },
    expect: (stage) => logSays(stage, /cannot list resource \\?"pods\\?" in API group/),
    recover: async (stage) => {
      await stage.cluster.apply(rights(["get", "list", "watch"]), stage.namespace);
      await renew(stage);
    },
  }),
  clusterScenario({
    name: "rules-error-behind-wrong-owner",
    // What hides the error was put right by hand before the repair, so nothing but a hand brings it back.
    repair: { does: ["Quote the value"], provoke: (stage) => hide(stage) },
    finds: { roots: ["prometheus/rules-file-invalid"] },
    title: "an error in the alert rules shows only after the owner of the data folder is put right",
    core: true,
    needs: [prometheusImage2],
    arrange: async (stage) => {
      await stage.cluster.image(prometheusImage2);
      await own(stage, 65534);
      await stage.cluster.apply(withRules(stage, "groups: []\n"), stage.namespace);
    },
    healthy: available,
    inject: async (stage) => {
      await stage.cluster.apply(withRules(stage, badRules), stage.namespace);
      await hide(stage);
    },
    expect: async (stage) => {
      await logSays(stage, /permission denied/);
      if ((await logs(stage)).includes("alerts.yml"))
        throw new Error("the rules were read behind the first fault");
      const masked = ["prometheus/rules-file-invalid"];
      await stage.diagnoses({ roots: ["prometheus/data-directory-not-writable"], latent: masked });
      await own(stage, 65534);
      await renew(stage);
      await logSays(stage, /mapping values are not allowed in this context/);
    },
    recover: async (stage) => {
      await stage.cluster.apply(withRules(stage, "groups: []\n"), stage.namespace);
      await renew(stage);
    },
  }),
];
