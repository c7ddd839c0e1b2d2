// The less common ways to a system: from inside a pod, through a jump host, past a host that is not who it was, and Podman.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeExporterImage, prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import {
  type ClusterStage,
  clusterScenario,
  contains,
  hostsScenario,
  type Scenario,
} from "../../scenario.ts";
import { configMap, prometheus, serving } from "../../stacks/cluster.ts";
import * as stack from "../../stacks/hosts.ts";
import { grant, serviceAccount } from "../../stacks/rights.ts";

const alerts = (text: string): string =>
  `groups:\n  - name: up\n    rules:\n      - alert: Down\n        expr: up == 0\n        annotations:\n          text: ${text}\n`;

const inPod = async (stage: ClusterStage, text: string): Promise<void> => {
  const { cluster, namespace } = stage;
  const config = "global: {scrape_interval: 5s}\nrule_files: [/etc/prometheus/alerts.yml]\n";
  await cluster.kubectl(["delete", "deployment/prometheus", "-n", namespace, "--ignore-not-found", "--wait"]);
  await cluster.apply(
    [
      configMap("prometheus", { "prometheus.yml": config, "alerts.yml": alerts(text) }),
      prometheus(await cluster.image(prometheusImage2), {
        config: { map: "prometheus", at: "/etc/prometheus" },
      }),
      serving("prometheus", 9090),
    ],
    namespace,
  );
};

/** A process with the files and the environment that the kubelet gives to a pod; the mount is its own and ends with it. */
const likeAPod = (folder: string): string[] => {
  const script = `d=$(readlink -f /var/run)
mount -t tmpfs none "$d"
mkdir -p "$d/secrets/kubernetes.io"
ln -s "$0" "$d/secrets/kubernetes.io/serviceaccount"
exec "$@"`;
  const environment = ["env", "KUBERNETES_SERVICE_HOST=10.77.0.20", "KUBERNETES_SERVICE_PORT=6443"];
  return ["unshare", "--mount", "--propagation", "private", ...environment, "sh", "-ec", script, folder];
};

const jump = (identity: string): string => `Host server
  User admin
  IdentityFile ${identity}
Host jenkins1 jenkins2
  User admin
  IdentityFile ${identity}
  ProxyJump server
`;

const closed = "INPUT -p tcp --dport 22 -s 10.77.0.1 -j REJECT";
const key = "/etc/ssh/ssh_host_ed25519_key";
const away = "/usr/bin/docker.away";

export const scenarios: readonly Scenario[] = [
  clusterScenario({
    name: "in-cluster",
    title:
      "inside a pod, with its service account and no kubeconfig, the same cause is found as from outside",
    core: false,
    needs: [prometheusImage2],
    arrange: async (stage) => {
      await inPod(stage, '"gone: look"');
      await grant(stage);
      stage.startWith(likeAPod(await serviceAccount(stage)));
      stage.readWith([
        ...["--in-cluster", "--namespace", stage.namespace],
        ...["--namespace", "kube-system"],
      ]);
    },
    healthy: ({ cluster, namespace }) =>
      cluster.wait("deployment/prometheus", "condition=Available", namespace),
    inject: (stage) => inPod(stage, "gone: look"),
    expect: ({ cluster, namespace }) =>
      until("Prometheus to name the error", async () => {
        const words = ["logs", "deployment/prometheus", "-n", namespace, "--tail=20"];
        contains("its log", (await cluster.kubectl(words)).stdout, /mapping values are not allowed/);
      }),
    finds: { roots: ["prometheus/rules-file-invalid"] },
    repair: { does: ["Quote the value"], before: (stage) => grant(stage, ["--remediate"]) },
    recover: (stage) => inPod(stage, '"gone: look"'),
  }),
  hostsScenario({
    name: "behind-a-jump-host",
    title: "hosts that only the server reaches are read through it, and the stopped exporter on one is found",
    core: false,
    needs: stack.stackParts,
    arrange: async (stage) => {
      await stack.startStack(stage);
      for (const host of [stage.hosts.jenkins1, stage.hosts.jenkins2]) {
        stage.defer(() => host.sh(`iptables -D ${closed} 2>/dev/null || true`));
        await host.sh(`iptables -I ${closed}`);
      }
      const file = join(stage.dir, "ssh_config");
      writeFileSync(file, jump("~/.ssh/id_ed25519"));
      const names = Object.keys(stage.hosts).flatMap((name) => ["--host", name]);
      stage.readWith(["--ssh-config", file, ...names]);
    },
    healthy: stack.bothUp,
    inject: ({ hosts }) => hosts.jenkins2.docker("stop", "node-exporter").then(() => undefined),
    expect: async (stage) => {
      const direct = await stage.operator(["ssh", "-o", "ConnectTimeout=3", "jenkins2", "true"], {
        allowFailure: true,
      });
      contains("the direct way", direct.stderr, /refused/);
      await stack.isDown(stage, "jenkins2:9100", /connection refused/);
    },
    finds: { roots: ["docker/container-stopped"] },
    repair: { does: ["start container node-exporter"] },
    recover: async (stage) => {
      await stage.hosts.jenkins2.docker("start", "node-exporter");
      await stack.bothUp(stage);
    },
  }),
  hostsScenario({
    name: "host-key-changed",
    title: "a host whose key is another one than before is not read, and what to compare is said",
    core: false,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: stack.bothUp,
    inject: async ({ hosts, defer }) => {
      const { jenkins2 } = hosts;
      defer(() => jenkins2.sh(`[ ! -f ${key}.kept ] || mv ${key}.kept ${key}; rm -f ${key}.kept`));
      await jenkins2.sh(`cp -p ${key} ${key}.kept && rm ${key} && ssh-keygen -q -t ed25519 -N '' -f ${key}`);
    },
    expect: async ({ operator }) => {
      const ran = await operator(["ssh", "jenkins2", "true"], { allowFailure: true });
      contains("ssh", ran.stderr, "REMOTE HOST IDENTIFICATION HAS CHANGED");
    },
    finds: { roots: [], unknown: /jenkins2.*host key/i },
    recover: async ({ hosts }) => {
      await hosts.jenkins2.sh(`mv ${key}.kept ${key} && ssh-keygen -y -f ${key} >${key}.pub`);
    },
  }),
  hostsScenario({
    name: "podman-instead-of-docker",
    title: "a host that has Podman and no Docker is read by it, and its stopped exporter is found",
    core: false,
    needs: stack.stackParts,
    arrange: async (stage) => {
      const { jenkins2 } = stage.hosts;
      await stack.startStack(stage);
      await jenkins2.docker("rm", "-f", "node-exporter");
      const image = await jenkins2.image(nodeExporterImage);
      stage.defer(() =>
        jenkins2.sh(
          `podman rm -af >/dev/null 2>&1 || true; [ ! -f ${away} ] || mv ${away} /usr/bin/docker; systemctl start docker.socket docker.service`,
        ),
      );
      await jenkins2.sh(
        `docker save '${image}' -o /tmp/image.tar && podman load -q -i /tmp/image.tar && rm /tmp/image.tar`,
      );
      await jenkins2.sh(`systemctl stop docker.socket docker.service && mv /usr/bin/docker ${away}`);
      await jenkins2.sh(
        `podman run -d --name node-exporter --network host --pid host -v /:/host:ro,rslave '${image}' --path.rootfs=/host --no-collector.systemd --no-collector.textfile`,
      );
    },
    healthy: stack.bothUp,
    inject: ({ hosts }) => hosts.jenkins2.sh("podman stop -t 2 node-exporter").then(() => undefined),
    expect: (stage) => stack.isDown(stage, "jenkins2:9100", /connection refused/),
    finds: { roots: ["docker/container-stopped"] },
    repair: { does: ["start container node-exporter"] },
    recover: async (stage) => {
      await stage.hosts.jenkins2.sh("podman start node-exporter");
      await stack.bothUp(stage);
    },
  }),
];
