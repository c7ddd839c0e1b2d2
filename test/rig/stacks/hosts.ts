// A small monitoring stack on the rig's hosts, as a team would run it: Prometheus on the server, an exporter per host.
import { nodeExporterImage, prometheusImage2 } from "../parts/images.ts";
import type { Part } from "../parts/part.ts";
import { until } from "../process/wait.ts";
import type { HostsStage } from "../scenario.ts";

export const stackParts: readonly Part[] = [prometheusImage2, nodeExporterImage];

export const configFile = "/opt/monitoring/prometheus.yml";
export const targetsFile = "/opt/monitoring/targets/nodes.yml";

const config = `global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: node
    file_sd_configs:
      - files: [/etc/prometheus/targets/*.yml]
        refresh_interval: 1s
`;

export const writeTargets = ({ hosts }: HostsStage, ...targets: string[]): Promise<void> =>
  hosts.server.write(targetsFile, JSON.stringify([{ targets, labels: { role: "jenkins" } }]));

/** Prometheus in host mode, with its configuration as one bound file and its targets as a bound folder. */
export const startPrometheus = async ({ hosts }: HostsStage): Promise<void> => {
  const image = await hosts.server.image(prometheusImage2);
  await hosts.server.docker(
    ...["run", "-d", "--name", "prometheus", "--network", "host", "--restart", "unless-stopped"],
    ...["-v", `${configFile}:/etc/prometheus/prometheus.yml:ro`],
    ...["-v", "/opt/monitoring/targets:/etc/prometheus/targets:ro", image],
    ...[
      "--config.file=/etc/prometheus/prometheus.yml",
      "--storage.tsdb.path=/prometheus",
      "--web.enable-lifecycle",
    ],
  );
};

export const startExporter = async (
  { hosts }: HostsStage,
  host: "jenkins1" | "jenkins2",
  ...network: string[]
): Promise<void> => {
  const image = await hosts[host].image(nodeExporterImage);
  const where = network.length > 0 ? network : ["--network", "host"];
  const seesHost = ["--pid", "host", "-v", "/:/host:ro,rslave"];
  // Debian switches collectors on that need what a container does not have.
  const flags = ["--path.rootfs=/host", "--no-collector.systemd", "--no-collector.textfile"];
  await hosts[host].docker("run", "-d", "--name", "node-exporter", ...where, ...seesHost, image, ...flags);
};

export const startStack = async (stage: HostsStage): Promise<void> => {
  stage.defer(() => stage.hosts.server.sh("rm -rf /opt/monitoring"));
  await stage.hosts.server.write(configFile, config);
  await writeTargets(stage, "jenkins1:9100", "jenkins2:9100");
  await Promise.all([
    startPrometheus(stage),
    startExporter(stage, "jenkins1"),
    startExporter(stage, "jenkins2"),
  ]);
};

type Target = { readonly scrapeUrl: string; readonly health: string; readonly lastError: string };

/** What Prometheus says of a target; throws when it knows none of that name. */
export const targetOf = async ({ hosts }: HostsStage, address: string): Promise<Target> => {
  const text = await hosts.server.sh("curl -sSf -m 5 http://127.0.0.1:9090/api/v1/targets?state=active");
  const { data } = JSON.parse(text) as { data: { activeTargets: Target[] } };
  const found = data.activeTargets.find((target) => target.scrapeUrl === `http://${address}/metrics`);
  if (found === undefined)
    throw new Error(`Prometheus scrapes ${data.activeTargets.map((t) => t.scrapeUrl).join(", ")}`);
  return found;
};

export const isUp = (stage: HostsStage, ...addresses: string[]): Promise<void> =>
  until(`${addresses.join(", ")} to be up`, async () => {
    for (const address of addresses) {
      const { health, lastError } = await targetOf(stage, address);
      if (health !== "up") throw new Error(`${address} is ${health}: ${lastError}`);
    }
  });

export const bothUp = (stage: HostsStage): Promise<void> => isUp(stage, "jenkins1:9100", "jenkins2:9100");

/** Waits until a scrape fails with this error, while the other host's target stays up. */
export const isDown = async (stage: HostsStage, address: string, error: RegExp): Promise<void> =>
  until(`${address} to be down with ${error.source}`, async () => {
    const { health, lastError } = await targetOf(stage, address);
    if (health !== "down" || !error.test(lastError)) throw new Error(`it is ${health}: ${lastError}`);
  });
