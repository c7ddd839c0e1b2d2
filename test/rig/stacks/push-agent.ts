// A Promtail on jenkins1 that pushes the lines of a file to Loki on the server; its configuration is mounted as one file.
import { lokiImage, promtailImage } from "../parts/images.ts";
import { until } from "../process/wait.ts";
import { contains, type HostsStage } from "../scenario.ts";

export const agentParts = [lokiImage, promtailImage];
export const agentFile = "/opt/promtail/config.yml";
export const goodUrl = "http://server:3100/loki/api/v1/push";
export const urlWithoutPath = "http://server:3100";

const agentConfig = (url: string): string => `# ours
server: {http_listen_port: 9080, grpc_listen_port: 0}
positions: {filename: /tmp/positions.yaml, sync_period: 1s}
clients:
  - url: ${url} # where lines go
    batchwait: 200ms
scrape_configs:
  - job_name: app
    static_configs: [{targets: [localhost], labels: {job: app, host: jenkins1, __path__: /var/log/app/*.log}}]
`;

export const startLoki = async ({ hosts: { server } }: HostsStage): Promise<void> => {
  await server.docker("run", "-d", "--name", "loki", "-p", "3100:3100", await server.image(lokiImage));
  await until("Loki to be ready", () => server.sh("curl -sSf -m 2 http://127.0.0.1:3100/ready"), {
    timeoutMs: 90_000,
  });
};

/** The file itself is mounted, not its folder: it can only be overwritten in place. */
export const startAgent = async (stage: HostsStage, url: string): Promise<void> => {
  const { jenkins1 } = stage.hosts;
  await jenkins1.sh(
    "docker rm -f promtail 2>/dev/null || true; mkdir -p /var/log/app; echo a >>/var/log/app/app.log",
  );
  await jenkins1.write(agentFile, agentConfig(url), "640");
  const volumes = ["-v", `${agentFile}:/etc/promtail/config.yml:ro`, "-v", "/var/log/app:/var/log/app:ro"];
  const image = await jenkins1.image(promtailImage);
  await jenkins1.docker("run", "-d", "--name", "promtail", "--network", "host", ...volumes, image);
};

export const linesArrive = ({ hosts }: HostsStage): Promise<void> =>
  until("lines to arrive in Loki", async () => {
    await hosts.jenkins1.sh("date +%N >>/var/log/app/app.log");
    const text = await hosts.server.sh(
      "curl -sSf -G http://127.0.0.1:3100/loki/api/v1/query_range --data-urlencode 'query={job=\"app\"}' --data-urlencode since=20s",
    );
    contains("the answer", text, '"values"');
  });
