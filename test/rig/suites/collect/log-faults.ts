// Logs on their way from a host to Loki on the server: an agent that pushes to the wrong place, and one that forgets.
import { randomBytes } from "node:crypto";
import { lokiImage, promtailImage } from "../../parts/images.ts";
import { until } from "../../process/wait.ts";
import { contains, type HostsStage, hostsScenario, type Scenario, same } from "../../scenario.ts";

type Positions = "kept" | "lost";

/** In a bound folder, or where examples put it: in the container, with which it goes. */
const positionsFile = { kept: "/positions/positions.yaml", lost: "/tmp/positions.yaml" } as const;

const config = (
  port: number,
  positions: Positions,
): string => `server: {http_listen_port: 9080, grpc_listen_port: 0}
positions: {filename: ${positionsFile[positions]}, sync_period: 1s}
clients: [{url: "http://server:${port}/loki/api/v1/push", batchwait: 200ms}]
scrape_configs:
  - job_name: app
    static_configs: [{targets: [localhost], labels: {job: app, host: jenkins1, __path__: /var/log/app/*.log}}]
`;

const agent = async ({ hosts }: HostsStage, port: number, positions: Positions): Promise<void> => {
  await hosts.jenkins1.sh("docker rm -f promtail 2>/dev/null || true");
  await hosts.jenkins1.write("/opt/promtail/config.yml", config(port, positions));
  const mounts = [
    "/opt/promtail:/etc/promtail:ro",
    "/var/log/app:/var/log/app:ro",
    "/opt/promtail/positions:/positions",
  ];
  const volumes = mounts.flatMap((mount) => ["-v", mount]);
  const image = await hosts.jenkins1.image(promtailImage);
  await hosts.jenkins1.docker("run", "-d", "--name", "promtail", "--network", "host", ...volumes, image);
};

const start = async (stage: HostsStage): Promise<void> => {
  const { server, jenkins1 } = stage.hosts;
  stage.defer(() => jenkins1.sh("rm -rf /opt/promtail /var/log/app"));
  await jenkins1.sh("mkdir -p /var/log/app /opt/promtail/positions && : >/var/log/app/app.log");
  await server.docker("run", "-d", "--name", "loki", "-p", "3100:3100", await server.image(lokiImage));
  await until("Loki to be ready", () => server.sh("curl -sSf -m 2 http://127.0.0.1:3100/ready"), {
    timeoutMs: 90_000,
  });
  await agent(stage, 3100, "kept");
};

/** Writes a line that was never there before and returns it. */
const writeLine = async ({ hosts }: HostsStage): Promise<string> => {
  const line = `canary-${randomBytes(6).toString("hex")}`;
  await hosts.jenkins1.sh(`echo ${line} >>/var/log/app/app.log`);
  return line;
};

const countOf = async ({ hosts }: HostsStage, line: string): Promise<number> => {
  const query = `--data-urlencode 'query={job="app"} |= "${line}"'`;
  const text = await hosts.server.sh(`curl -sSf -G http://127.0.0.1:3100/loki/api/v1/query_range ${query}`);
  const { data } = JSON.parse(text) as { data: { result: { values: unknown[] }[] } };
  return data.result.reduce((sum, stream) => sum + stream.values.length, 0);
};

const arrives = async (stage: HostsStage): Promise<string> => {
  const line = await writeLine(stage);
  await until("a new line to arrive in Loki", async () => {
    if ((await countOf(stage, line)) === 0) throw new Error("it is not there yet");
  });
  return line;
};

/** How often Loki has a line once the agent's container has been made anew and works again. */
const afterNewContainer = async (stage: HostsStage, positions: Positions): Promise<number> => {
  await agent(stage, 3100, positions);
  const line = await arrives(stage);
  await until("the position to be on disk", async () => {
    const read = await stage.hosts.jenkins1.docker("exec", "promtail", "cat", positionsFile[positions]);
    const size = await stage.hosts.jenkins1.sh("stat -c %s /var/log/app/app.log");
    contains("positions", read, `"${size}"`);
  });
  await agent(stage, 3100, positions);
  await arrives(stage);
  return countOf(stage, line);
};

export const scenarios: readonly Scenario[] = [
  hostsScenario({
    name: "wrong-loki-address",
    repair: { does: ["Push to port 3100 of server"] },
    finds: { roots: ["host/nothing-listens"] },
    title: "an agent that pushes to a port where nobody listens keeps its lines and says so",
    core: true,
    needs: [lokiImage, promtailImage],
    arrange: start,
    healthy: async (stage) => {
      await arrives(stage);
    },
    inject: (stage) => agent(stage, 3101, "kept"),
    expect: async (stage) => {
      const line = await writeLine(stage);
      await until("the agent to complain", async () => {
        const log = await stage.hosts.jenkins1.sh("docker logs promtail 2>&1");
        contains("its log", log, /error sending batch.*connection refused/);
      });
      same("in Loki", await countOf(stage, line), 0);
    },
    recover: (stage) => agent(stage, 3100, "kept"),
  }),
  hostsScenario({
    name: "positions-lost",
    finds: { roots: [], notices: ["promtail/positions-not-persisted"] },
    title: "an agent whose positions lie in its container sends every line again after it is made anew",
    core: false,
    needs: [lokiImage, promtailImage],
    arrange: start,
    healthy: async (stage) => same("one line", await afterNewContainer(stage, "kept"), 1),
    inject: (stage) => agent(stage, 3100, "lost"),
    expect: async (stage) => {
      const count = await afterNewContainer(stage, "lost");
      if (count < 2) throw new Error(`Loki has the line ${count} times`);
    },
    recover: (stage) => agent(stage, 3100, "kept"),
  }),
];
