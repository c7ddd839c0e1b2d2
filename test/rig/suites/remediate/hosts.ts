// Faults of Docker hosts, repaired unattended over ssh, taken back to what they were, and repaired again.
import { nodeExporterImage, prometheusImage2 } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { putBackByHand } from "../../repair/by-hand.ts";
import { contains, type HostsStage, hostsScenario, type Scenario, same } from "../../scenario.ts";
import * as stack from "../../stacks/hosts.ts";
import {
  agentFile,
  agentParts,
  goodUrl,
  linesArrive,
  startAgent,
  startLoki,
  urlWithoutPath,
} from "../../stacks/push-agent.ts";

const all = ["--host", "root@server", "--host", "root@jenkins1", "--host", "root@jenkins2"];

const repaired = async (stage: HostsStage, only: string, word: string): Promise<string> => {
  const rules = only.split(" ");
  const ran = await stage.watchmend(["remediate", ...all, "--yes", "--wait", "60", "--only", ...rules], {
    timeoutMs: 240_000,
  });
  if (ran.code > 2) throw new Error(`${word}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  return ran.stdout;
};

/** Forward, back to what `picture` showed before, and forward again. */
const thereAndBack = async (
  stage: HostsStage,
  only: string,
  picture: () => Promise<string>,
  healthy: () => Promise<void>,
): Promise<void> => {
  const faulty = await picture();
  contains("the repair", await repaired(stage, only, "forward"), "✓");
  await healthy();
  const good = await picture();
  const back = await stage.watchmend(["rollback"], { timeoutMs: 120_000 });
  same(`exit of the rollback: ${back.stderr}`, back.code, 0);
  same("after the rollback", await picture(), faulty);
  await repaired(stage, only, "forward again");
  same("after the second repair", await picture(), good);
  const byHand = await putBackByHand(stage, { hosts: stage.hosts });
  same(`after ${byHand.join(", ")}`, await picture(), faulty);
  await repaired(stage, only, "once more");
  same("after the third repair", await picture(), good);
};

const move = async (stage: HostsStage, ...network: string[]): Promise<void> => {
  await stage.hosts.jenkins1.docker("rm", "-f", "node-exporter");
  await stack.startExporter(stage, "jenkins1", ...network);
};

/** What makes the container what it is, without what the engine counts up. */
const container = async ({ hosts }: HostsStage): Promise<string> => {
  const format =
    "{{json .Config.Cmd}} {{json .Config.Image}} {{json .HostConfig.PortBindings}} {{json .HostConfig.Binds}} {{json .HostConfig.PidMode}} {{json .HostConfig.RestartPolicy}} {{.State.Running}}";
  return await hosts.jenkins1.docker("inspect", "-f", format, "node-exporter");
};

const dataDir = "/srv/prometheus";

const startOnFolder = async ({ hosts }: HostsStage): Promise<void> => {
  const image = await hosts.server.image(prometheusImage2);
  await hosts.server.sh(`mkdir -p ${dataDir} && chown 65534:65534 ${dataDir}`);
  await hosts.server.docker(
    ...["run", "-d", "--name", "prometheus", "--network", "host", "--restart", "unless-stopped"],
    ...["-v", `${dataDir}:/prometheus`, image],
    ...["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
  );
};

const isReady = async ({ hosts }: HostsStage): Promise<void> => {
  await until("Prometheus to be ready", () =>
    hosts.server.sh("curl -sSf -m 2 http://127.0.0.1:9090/-/ready"),
  );
};

export const scenarios: readonly Scenario[] = [
  hostsScenario({
    name: "republish-on-the-lan-address",
    title:
      "an exporter published on 127.0.0.1 is made again on the address it is scraped at; the old one is the way back",
    core: false,
    needs: stack.stackParts,
    arrange: stack.startStack,
    healthy: stack.bothUp,
    inject: (stage) => move(stage, "-p", "127.0.0.1:9100:9100"),
    expect: (stage) => stack.isDown(stage, "jenkins1:9100", /connection refused/),
    finds: {
      roots: ["docker/published-on-loopback"],
      alsoTrue: ["node-exporter/network-namespace-of-container"],
    },
    recover: async (stage) => {
      await thereAndBack(
        stage,
        "docker/published-on-loopback",
        () => container(stage),
        () => stack.bothUp(stage),
      );
      contains("the port", await container(stage), "10.77.0.12");
    },
  }),
  hostsScenario({
    name: "give-the-directory-back",
    title: "a data directory that was given to root is given back to Prometheus, and nothing below it",
    core: false,
    needs: [prometheusImage2, nodeExporterImage],
    arrange: async (stage) => {
      stage.defer(() => stage.hosts.server.sh(`rm -rf ${dataDir}`));
      await startOnFolder(stage);
    },
    healthy: isReady,
    inject: async ({ hosts }) => {
      await hosts.server.docker("stop", "prometheus");
      await hosts.server.sh(`rm -rf ${dataDir}/* && chown root:root ${dataDir}`);
      await hosts.server.docker("start", "prometheus");
    },
    expect: ({ hosts }) =>
      until("Prometheus to be refused its directory", async () =>
        contains(
          "the log",
          await hosts.server.sh("docker logs --tail 40 prometheus 2>&1"),
          /permission denied/,
        ),
      ),
    finds: { roots: ["prometheus/data-directory-not-writable"] },
    recover: (stage) =>
      thereAndBack(
        stage,
        // taken back, the folder is root's again, but now with files in it that Prometheus can go on with
        "prometheus/data-directory-not-writable prometheus/data-directory-taken-away",
        () => stage.hosts.server.sh(`stat -c '%u:%g %a %n' ${dataDir}`),
        () => isReady(stage),
      ),
  }),
  hostsScenario({
    name: "complete-the-push-address",
    title: "an agent that pushes to Loki without the path gets it, in a file that is mounted by itself",
    core: false,
    needs: agentParts,
    arrange: async (stage) => {
      const { jenkins1 } = stage.hosts;
      stage.defer(() => jenkins1.sh("rm -rf /opt/promtail /var/log/app"));
      await startLoki(stage);
      await startAgent(stage, goodUrl);
    },
    healthy: linesArrive,
    inject: (stage) => startAgent(stage, urlWithoutPath),
    expect: (stage) =>
      until("the agent to complain", async () =>
        contains("its log", await stage.hosts.jenkins1.sh("docker logs promtail 2>&1"), /404/),
      ),
    finds: { roots: ["promtail/push-path-wrong"] },
    recover: async (stage) => {
      const picture = (): Promise<string> =>
        stage.hosts.jenkins1.sh(`stat -c '%u:%g %a %i %h' ${agentFile}; cat ${agentFile}`);
      await thereAndBack(stage, "promtail/push-path-wrong", picture, () => linesArrive(stage));
      contains("the comment", await picture(), "/loki/api/v1/push # where lines go");
    },
  }),
];
