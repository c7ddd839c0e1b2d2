// `watchmend validate` on real hosts: green on a healthy stack with a line sent through every agent, red for exactly what is broken.
import type { Validation } from "../../../../src/model/check.ts";
import { lokiImage, promtailImage } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { type HostsStage, hostsScenario, type Scenario, same } from "../../scenario.ts";
import { isUp, stackParts, startStack } from "../../stacks/hosts.ts";

const agentConfig = (port: number): string => `server: {http_listen_port: 9080, grpc_listen_port: 0}
positions: {filename: /positions/positions.yaml, sync_period: 1s}
clients: [{url: "http://server:${port}/loki/api/v1/push", batchwait: 200ms}]
scrape_configs:
  - job_name: app
    static_configs: [{targets: [localhost], labels: {job: app, host: jenkins1, __path__: /var/log/app/*.log}}]
`;

export const startAgent = async ({ hosts }: HostsStage, port: number): Promise<void> => {
  await hosts.jenkins1.sh("docker rm -f promtail 2>/dev/null || true");
  await hosts.jenkins1.write("/opt/promtail/config.yml", agentConfig(port));
  const mounts = [
    "/opt/promtail:/etc/promtail:ro",
    "/var/log/app:/var/log/app:ro",
    "/opt/promtail/positions:/positions",
  ];
  const image = await hosts.jenkins1.image(promtailImage);
  const volumes = mounts.flatMap((mount) => ["-v", mount]);
  await hosts.jenkins1.docker("run", "-d", "--name", "promtail", "--network", "host", ...volumes, image);
  await until("the agent to read", () => hosts.jenkins1.sh("curl -sSf -m 2 http://127.0.0.1:9080/ready"));
};

export const arrange = async (stage: HostsStage): Promise<void> => {
  const { server, jenkins1 } = stage.hosts;
  await startStack(stage);
  stage.defer(() => jenkins1.sh("rm -rf /opt/promtail /var/log/app"));
  await jenkins1.sh("mkdir -p /var/log/app /opt/promtail/positions && echo begun >/var/log/app/app.log");
  await server.docker("run", "-d", "--name", "loki", "-p", "3100:3100", await server.image(lokiImage));
  await until("Loki to be ready", () => server.sh("curl -sSf -m 2 http://127.0.0.1:3100/ready"), {
    timeoutMs: 90_000,
  });
  await startAgent(stage, 3100);
  await until("the agent's first line to arrive", async () => {
    await jenkins1.sh("curl -sSf -m 2 http://127.0.0.1:9080/ready");
    const known = await server.sh("curl -sSf -m 2 http://127.0.0.1:3100/loki/api/v1/label/host/values");
    if (!known.includes("jenkins1")) throw new Error(`Loki knows the hosts ${known}`);
  });
  await isUp(stage, "jenkins1:9100", "jenkins2:9100");
};

export const validate = async (stage: HostsStage, ...flags: readonly string[]): Promise<Validation> => {
  const hosts = Object.keys(stage.hosts).flatMap((name) => ["--host", `admin@${name}`]);
  const ran = await stage.watchmend(["validate", ...hosts, ...flags, "--timeout", "90s", "--format", "json"]);
  if (ran.code === 3) throw new Error(`validate could not run: ${ran.stderr}`);
  return JSON.parse(ran.stdout) as Validation;
};

export const told = ({ verdicts }: Validation, ...states: string[]): string[] =>
  verdicts
    .filter(({ state }) => states.includes(state))
    .map(({ check, state, says }) => `${check} ${state}: ${says}`);

export const failing = (validation: Validation): string[] =>
  [...new Set(validation.verdicts.filter(({ state }) => state === "fail").map(({ check }) => check))].sort();

/** Nothing fails, nothing is left untold, and the line came back. */
export const green = async (stage: HostsStage): Promise<void> => {
  const validation = await validate(stage, "--canary");
  same("what is not green", told(validation, "fail", "unknown"), []);
  same("the verdict", validation.verdict, "pass");
  same(
    "the canary",
    validation.verdicts.filter(({ check }) => check === "flow/canary-lines").map(({ state }) => state),
    ["pass"],
  );
};

const red = async (stage: HostsStage, ...checks: string[]): Promise<void> => {
  const validation = await validate(stage, "--canary");
  same(`what fails (${told(validation, "fail").join("; ")})`, failing(validation), checks.toSorted());
};

const needs = [...stackParts, lokiImage, promtailImage];

export const scenarios: readonly Scenario[] = [
  hostsScenario({
    name: "agent-pushes-elsewhere",
    title:
      "a log agent that pushes to a port nobody listens on turns the canary red, and nothing about metrics",
    core: true,
    needs,
    arrange,
    healthy: green,
    inject: (stage) => startAgent(stage, 3101),
    expect: (stage) => red(stage, "agents/reachable", "flow/canary-lines"),
    finds: { roots: ["host/nothing-listens"] },
    recover: (stage) => startAgent(stage, 3100),
  }),
  hostsScenario({
    name: "exporter-stopped",
    title: "an exporter that was stopped turns its container, its target and its host red",
    core: false,
    needs,
    arrange,
    healthy: green,
    inject: async (stage) => {
      await stage.hosts.jenkins2.docker("stop", "node-exporter");
      await until("the target to be down", async () => {
        const text = await stage.hosts.server.sh(
          "curl -sSf -m 5 http://127.0.0.1:9090/api/v1/targets?state=active",
        );
        if (!text.includes('"health":"down"')) throw new Error("it is still up");
      });
    },
    expect: (stage) =>
      red(stage, "agents/reachable", "flow/hosts-measured", "pods/containers-running", "targets/up"),
    finds: { roots: ["docker/container-stopped"] },
    recover: async (stage) => {
      await stage.hosts.jenkins2.docker("start", "node-exporter");
      await isUp(stage, "jenkins1:9100", "jenkins2:9100");
    },
  }),
];
