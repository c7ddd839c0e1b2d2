// The stack of the founding incident as somebody built it by hand: bridge networks, nothing published, targets on localhost.
import { lokiImage, nodeExporterImage, prometheusImage2, promtailImage } from "../parts/images.ts";
import { until } from "../process/wait.ts";
import type { HostsStage } from "../scenario.ts";

type Name = keyof HostsStage["hosts"];

export const jobLog = "/var/log/jobs/build.log";
const folder = "/srv/old";

/** Three ports that only the container itself has: the server asks itself for everybody's data. */
const prometheusConfig = `global: {scrape_interval: 2s, scrape_timeout: 1s}
scrape_configs:
  - job_name: prometheus
    static_configs: [{targets: ["localhost:9090"]}]
  - job_name: node-exporter
    static_configs: [{targets: ["localhost:9100"]}]
`;

const promtailConfig = (host: Name): string => `server: {http_listen_port: 9080, grpc_listen_port: 0}
positions: {filename: /positions/positions.yaml, sync_period: 1s}
clients: [{url: "http://10.77.0.11:3100/loki/api/v1/push", batchwait: 200ms, external_labels: {host: ${host}}}]
scrape_configs:
  - job_name: jobs
    static_configs:
      - targets: [localhost]
        labels: {job: jobs, __path__: ${jobLog}}
`;

const names: readonly Name[] = ["server", "jenkins1", "jenkins2"];

export const startBridged = async (stage: HostsStage): Promise<void> => {
  stage.defer(() => clearBridged(stage));
  const { hosts } = stage;
  await Promise.all(
    names.map(async (name) => {
      const host = hosts[name];
      await host.docker("network", "create", "monitoring");
      await host.image(nodeExporterImage);
      await host.image(promtailImage);
    }),
  );
  await Promise.all([hosts.server.image(prometheusImage2), hosts.server.image(lokiImage)]);
  await hosts.server.write(`${folder}/prometheus/prometheus.yml`, prometheusConfig);
  const common = ["--network", "monitoring", "--restart", "unless-stopped"];
  await hosts.server.docker(
    ...["run", "-d", "--name", "loki", ...common, "-p", "3100:3100", "-v", "loki-data:/loki"],
    lokiImage.ref,
  );
  await hosts.server.docker(
    ...["run", "-d", "--name", "prometheus", ...common, "-p", "9090:9090"],
    ...["-v", `${folder}/prometheus:/etc/prometheus:ro`, "-v", "prometheus-data:/prometheus"],
    prometheusImage2.ref,
    ...["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
    ...["--storage.tsdb.retention.time=15d", "--web.enable-admin-api"],
  );
  await until("Loki to be ready", () => hosts.server.sh("curl -sSf -m 2 http://10.77.0.11:3100/ready"), {
    timeoutMs: 90_000,
  });
  await Promise.all(names.map((name) => startAgents(stage, name, common)));
};

const startAgents = async ({ hosts }: HostsStage, name: Name, common: readonly string[]): Promise<void> => {
  const host = hosts[name];
  await host.sh(`mkdir -p /var/log/jobs; touch ${jobLog}`);
  await host.write(`${folder}/promtail/promtail.yaml`, promtailConfig(name));
  await host.docker(
    ...["run", "-d", "--name", "promtail", ...common, "-v", "promtail-positions:/positions"],
    ...["-v", `${folder}/promtail:/etc/promtail:ro`, "-v", "/var/log:/var/log:ro"],
    promtailImage.ref,
    "-config.file=/etc/promtail/promtail.yaml",
  );
  await host.docker(
    ...["run", "-d", "--name", "node-exporter", ...common, "-v", "/:/host:ro,rslave"],
    nodeExporterImage.ref,
    ...["--path.rootfs=/host", "--no-collector.systemd", "--no-collector.textfile"],
  );
};

const clearBridged = ({ hosts }: HostsStage): Promise<unknown> =>
  Promise.all(
    Object.values(hosts).map((host) =>
      host.sh(
        `docker ps -aq | xargs -r docker rm -fv >/dev/null; docker volume ls -q | xargs -r docker volume rm -f >/dev/null
docker network rm monitoring >/dev/null 2>&1 || true; rm -rf ${folder} /var/log/jobs /opt/monitoring /run/lock/watchmend.lock`,
      ),
    ),
  );

/** A build that never ends: ten lines a second with a number each, and Jenkins' metrics beside it. */
export const startWriting = async ({ hosts, defer }: HostsStage): Promise<void> => {
  defer(() => stopAll(hosts.jenkins1));
  defer(() => stopAll(hosts.jenkins2));
  await Promise.all(
    [hosts.jenkins1, hosts.jenkins2].map((host) =>
      host.sh(
        `mkdir -p /tmp/web/prometheus; echo 'jenkins_up 1' >/tmp/web/prometheus/index.html
systemd-run -q --unit jenkins busybox httpd -f -p 8080 -h /tmp/web`,
      ),
    ),
  );
  await hosts.jenkins1.sh(
    `systemd-run -q --unit build sh -c 'i=0; while :; do i=$((i+1)); echo "step $i" >>${jobLog}; echo "entry $i"; sleep 0.1; done'`,
  );
};

const stopAll = (host: HostsStage["hosts"]["server"]): Promise<string> =>
  host.sh("systemctl stop build jenkins 2>/dev/null || true; rm -rf /tmp/web; systemctl reset-failed");

export const stopWriting = ({ hosts }: HostsStage): Promise<string> =>
  hosts.jenkins1.sh("systemctl stop build");

export const writtenLines = async ({ hosts }: HostsStage): Promise<string[]> =>
  (await hosts.jenkins1.sh(`cat ${jobLog}`)).split("\n");

export interface StoredLine {
  readonly line: string;
  /** Its time and labels: what tells two copies apart. */
  readonly as: string;
}

/** What the build said into the journal. */
export const journalLines = async ({ hosts }: HostsStage): Promise<string[]> =>
  (await hosts.jenkins1.sh("journalctl -u build -o cat --no-pager"))
    .split("\n")
    .filter((line) => line.startsWith("entry "));

/** Every line of the build that Loki has, as often as it has it. */
export const linesInLoki = async (
  { hosts }: HostsStage,
  selector = '{job="jobs",host="jenkins1"}|="step"',
): Promise<StoredLine[]> => {
  const query = encodeURIComponent(selector);
  const url = `http://10.77.0.11:3100/loki/api/v1/query_range?since=1h&limit=5000&query=${query}`;
  const text = await hosts.server.sh(`curl -sSf -m 10 '${url}'`);
  const { data } = JSON.parse(text) as {
    data: { result: { stream: Record<string, string>; values: [string, string][] }[] };
  };
  return data.result.flatMap(({ stream, values }) =>
    values.map(([at, line]) => ({ line, as: `${at} ${JSON.stringify(stream)}` })),
  );
};

/** Throws when Prometheus does not know of itself at that second. */
export const valueAt = async ({ hosts }: HostsStage, seconds: number): Promise<void> => {
  const url = `http://10.77.0.11:9090/api/v1/query?time=${seconds}&query=up%7Bjob%3D%22prometheus%22%7D`;
  const text = await hosts.server.sh(`curl -sSf -m 5 '${url}'`);
  const { data } = JSON.parse(text) as { data: { result: unknown[] } };
  if (data.result.length === 0) throw new Error(`no sample at ${seconds}: ${text}`);
};
