// Whether Prometheus reaches an exporter on another host: what Docker's networking and the firewall really do.
import { until } from "../../process/wait.ts";
import { contains, type HostsStage, hostsScenario, type Scenario, same } from "../../scenario.ts";
import * as stack from "../../stacks/hosts.ts";

/** The exporter of jenkins1 made anew with another network. */
const move = async (stage: HostsStage, ...network: string[]): Promise<void> => {
  await stage.hosts.jenkins1.docker("rm", "-f", "node-exporter");
  await stack.startExporter(stage, "jenkins1", ...network);
};

const refusedThoughItRuns = async (stage: HostsStage): Promise<void> => {
  const inspect = ["inspect", "-f", "{{.State.Running}}", "node-exporter"];
  await until("the container to run", async () =>
    same("running", await stage.hosts.jenkins1.docker(...inspect), "true"),
  );
  await stack.isDown(stage, "jenkins1:9100", /connection refused/);
};

/** What it measures on a bridge is the container's network and not the host's. */
const onBridge = ["node-exporter/network-namespace-of-container"];

const dropRule = "INPUT -p tcp --dport 9100 -j DROP";

export const scenarios: readonly Scenario[] = [
  hostsScenario({
    name: "agent-on-bridge-unpublished",
    repair: { does: ["Publish node-exporter on 10.77.0.12:9100"], leaves: onBridge },
    title: "an exporter on Docker's bridge without a published port is refused, while its container runs",
    core: true,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: stack.bothUp,
    inject: (stage) => move(stage, "--network", "bridge"),
    expect: refusedThoughItRuns,
    finds: { roots: ["docker/port-not-published"], alsoTrue: onBridge, bothVerbs: true },
    recover: (stage) => move(stage, "--network", "host"),
  }),
  hostsScenario({
    name: "agent-published-on-loopback",
    title: "an exporter published on 127.0.0.1 answers on its own host only",
    core: false,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: stack.bothUp,
    inject: (stage) => move(stage, "-p", "127.0.0.1:9100:9100"),
    expect: async (stage) => {
      await refusedThoughItRuns(stage);
      const status = "curl -sS -m 2 -o /dev/null -w '%{http_code}' http://127.0.0.1:9100/metrics";
      same("on the host itself", await stage.hosts.jenkins1.sh(status), "200");
    },
    finds: { roots: ["docker/published-on-loopback"], alsoTrue: onBridge },
    repair: { core: true, does: ["10.77.0.12:9100 instead of 127.0.0.1"], leaves: onBridge },
    recover: (stage) => move(stage, "--network", "host"),
  }),
  hostsScenario({
    name: "firewall-drops",
    repair: { consents: ["--open-firewall"], does: ["Let 10.77.0.11 in to port 9100 of jenkins1"] },
    title: "a DROP rule before the exporter's port makes scrapes time out",
    core: true,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: stack.bothUp,
    inject: async ({ hosts, defer }) => {
      defer(() => hosts.jenkins1.sh(`iptables -D ${dropRule} 2>/dev/null || true`));
      await hosts.jenkins1.sh(`iptables -I ${dropRule}`);
    },
    expect: async (stage) => {
      await stack.isDown(stage, "jenkins1:9100", /context deadline exceeded|i\/o timeout/);
      await stack.isUp(stage, "jenkins2:9100");
    },
    finds: { roots: ["host/firewall-blocks-port"] },
    recover: async ({ hosts }) => {
      await hosts.jenkins1.sh(`iptables -D ${dropRule}`);
    },
  }),
  hostsScenario({
    name: "docker-socket-permission",
    title: "a user outside the docker group gets no answer from the engine over ssh, one inside does",
    core: true,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: async (stage) => {
      const { operator } = stage;
      await operator(["ssh", "jenkins1", "docker info --format '{{.ServerVersion}}'"]);
      same("sudo", (await operator(["ssh", "-l", "admin", "jenkins1", "sudo -n id -u"])).stdout.trim(), "0");
      await stack.bothUp(stage);
    },
    inject: async ({ hosts, defer, readWith }) => {
      defer(() => hosts.jenkins1.sh("gpasswd -a ops docker"));
      await hosts.jenkins1.sh("gpasswd -d ops docker");
      readWith(["server", "jenkins1", "jenkins2"].flatMap((name) => ["--host", `ops@${name}`]));
    },
    expect: async ({ operator }) => {
      const ran = await operator(["ssh", "jenkins1", "docker ps"], { allowFailure: true });
      const said = "permission denied while trying to connect to the Docker daemon socket";
      contains("docker ps as ops", ran.stderr, said);
    },
    // Nothing of the stack is broken; what cannot be seen must not count as seen.
    finds: { roots: [], unknown: /docker.*(denied|forbidden|not allowed)/i },
    recover: async ({ hosts }) => {
      await hosts.jenkins1.sh("gpasswd -a ops docker");
    },
  }),
];
