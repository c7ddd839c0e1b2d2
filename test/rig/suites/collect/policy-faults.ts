// A NetworkPolicy that leaves Prometheus out: its scrapes of a pod that is well run into a time-out.
import { nodeExporterImage, prometheusImage3 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type ClusterStage, clusterScenario, contains, type Scenario, same } from "../../scenario.ts";
import { configMap, deployment, prometheus, serving } from "../../stacks/cluster.ts";

const config = `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: exporter
    static_configs: [{targets: ["exporter:9100"]}]
`;

const policy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "exporter" },
  spec: {
    podSelector: { matchLabels: { app: "exporter" } },
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: "agent" } } }] }],
  },
};

const addressOf = async ({ cluster, namespace }: ClusterStage, app: string): Promise<string> => {
  const words = [
    "get",
    "pods",
    "-n",
    namespace,
    "-l",
    `app=${app}`,
    "-o",
    "jsonpath={.items[0].status.podIP}",
  ];
  return (await cluster.kubectl(words)).stdout;
};

/** The bridge plug-in does not enforce policies; this is the rule that one which does would write for the policy above. */
const enforcement = async (stage: ClusterStage): Promise<string> =>
  `FORWARD -s ${await addressOf(stage, "prometheus")} -d ${await addressOf(stage, "exporter")} -j DROP`;

type Targets = { data: { activeTargets: { health: string; lastError: string }[] } };

const target = async ({ cluster, namespace }: ClusterStage) => {
  const path = `/api/v1/namespaces/${namespace}/services/prometheus:9090/proxy/api/v1/targets?state=active`;
  const [found] = (await cluster.read<Targets>(path)).data.activeTargets;
  if (found === undefined) throw new Error("Prometheus has no target");
  return found;
};

export const scenarios: readonly Scenario[] = [
  clusterScenario({
    name: "network-policy",
    title: "a NetworkPolicy that does not admit Prometheus makes its scrapes of a healthy pod time out",
    core: false,
    needs: [prometheusImage3, nodeExporterImage],
    arrange: async (stage) => {
      const { cluster, namespace } = stage;
      await cluster.image(prometheusImage3);
      const image = await cluster.image(nodeExporterImage);
      const args = ["--no-collector.systemd", "--no-collector.textfile"];
      const objects = [
        configMap("prometheus", { "prometheus.yml": config }),
        prometheus(prometheusImage3.ref, { config: { map: "prometheus", at: "/etc/prometheus" } }),
        serving("prometheus", 9090),
        deployment({ name: "exporter", image, port: 9100, ready: "/", args }),
        serving("exporter", 9100),
      ];
      await cluster.apply(objects, namespace);
    },
    healthy: async (stage) => {
      for (const name of ["exporter", "prometheus"])
        await stage.cluster.wait(`deployment/${name}`, "condition=Available", stage.namespace);
      await until("the scrape to succeed", async () => same("health", (await target(stage)).health, "up"));
    },
    inject: async (stage) => {
      const rule = await enforcement(stage);
      stage.defer(() => stage.cluster.node.sh(`iptables -D ${rule} 2>/dev/null || true`));
      await stage.cluster.apply([policy], stage.namespace);
      await stage.cluster.node.sh(`iptables -I ${rule}`);
    },
    expect: (stage) =>
      until("the scrape to time out", async () => {
        const { health, lastError } = await target(stage);
        same("health", health, "down");
        contains("the error", lastError, /context deadline exceeded|i\/o timeout/);
      }),
    finds: { roots: ["kubernetes/network-policy-blocks-client"] },
    recover: async (stage) => {
      await stage.cluster.node.sh(`iptables -D ${await enforcement(stage)}`);
      await stage.cluster.kubectl(["delete", "networkpolicy", "exporter", "-n", stage.namespace]);
    },
  }),
];
