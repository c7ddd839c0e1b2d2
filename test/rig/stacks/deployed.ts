// A stack that watchmend itself deploys onto the rig's hosts, with the images of the rig's parts.
import { writeFileSync } from "node:fs";
import {
  alloyImage,
  lokiImage,
  nodeExporterImage,
  prometheusImage2,
  promtailImage,
} from "../parts/images.ts";
import type { Part } from "../parts/part.ts";
import type { Ran } from "../process/command.ts";
import type { HostsStage } from "../scenario.ts";

export const deployParts: readonly Part[] = [nodeExporterImage, prometheusImage2, lokiImage, promtailImage];

export type LogAgent = "promtail" | "alloy";

export interface Wish {
  readonly logAgent?: LogAgent;
  /** The hosts' journals are read, too. */
  readonly withJournal?: boolean;
  readonly logFiles?: readonly { readonly name: string; readonly path: string }[];
  readonly exporterPort?: number;
  readonly scrapeInterval?: string;
  /** jenkins1 has left the model. */
  readonly withoutJenkins1?: boolean;
  /** jenkins2 runs Podman. */
  readonly isPodman?: boolean;
  /** Addresses of agents beyond the three hosts, by name. */
  readonly moreHosts?: Readonly<Record<string, string>>;
  /** Lines below `components:` and after it. */
  readonly more?: string;
  /** With Grafana and cAdvisor from `more`, and jenkins2 where nobody can scrape it. */
  readonly isSecured?: boolean;
}

const version = (ref: string): string => ref.slice(ref.lastIndexOf(":") + 1).replace(/^v/, "");

/** Debian switches collectors on that need what a container does not have. */
const exporterArgs = "[--no-collector.systemd, --no-collector.textfile]";

export const model = ({
  exporterPort = 9100,
  scrapeInterval = "2s",
  moreHosts = {},
  more = "",
  isSecured = false,
  isPodman = false,
  logAgent = "promtail",
  logFiles = [],
  withJournal = false,
  withoutJenkins1 = false,
}: Wish = {}): string =>
  `schema: watchmend.stack/v1
name: rig
directory: /opt/monitoring
defaults: {ssh: {user: admin}}
hosts:
  server: {address: 10.77.0.11, roles: [server, agent], labels: {role: monitoring-vm}}
${withoutJenkins1 ? "" : "  jenkins1: {address: 10.77.0.12, labels: {role: jenkins-vm}}\n"}  jenkins2: {address: 10.77.0.13, labels: {role: jenkins-vm}${isSecured ? ", absence: behind-nat" : ""}${isPodman ? ", runtime: podman" : ""}}
${Object.entries(moreHosts)
  .map(([name, address]) => `  ${name}: {address: ${address}}\n`)
  .join("")}components:
  prometheus: {version: ${version(prometheusImage2.ref)}, image: "${prometheusImage2.ref}", scrape_interval: ${scrapeInterval}, evaluation_interval: ${scrapeInterval}}
  node-exporter: {version: ${version(nodeExporterImage.ref)}, image: "${nodeExporterImage.ref}", port: ${exporterPort}, args: ${exporterArgs}}
  loki: {version: ${version(lokiImage.ref)}, image: "${lokiImage.ref}"}
  promtail: {version: ${version(promtailImage.ref)}, image: "${promtailImage.ref}"}
${logAgent === "alloy" ? `  alloy: {version: ${version(alloyImage.ref)}, image: "${alloyImage.ref}"}\n` : ""}  alertmanager: {enabled: false}
${isSecured ? more : "  grafana: {enabled: false}\n  cadvisor: {enabled: false}\n"}logs: {agent: ${logAgent}, journal: ${withJournal}${logFiles.length === 0 ? "" : `, files: ${JSON.stringify(logFiles)}`}}
${isSecured ? "" : more}`;

export const file = ({ dir }: HostsStage): string => `${dir}/watchmend.yaml`;

export const writeModel = (stage: HostsStage, wish: Wish = {}): void =>
  writeFileSync(file(stage), model(wish));

export const state = ({ dir }: HostsStage): string => `${dir}/state`;

/** One of the verbs of a deployment, with a journal of this scenario's own. */
export const deploy = async (stage: HostsStage, verb: string, ...words: readonly string[]): Promise<Ran> =>
  await stage.watchmend([verb, "-f", file(stage), ...words], {
    timeoutMs: 480_000,
    env: { XDG_STATE_HOME: state(stage) },
  });

export const loadImages = async ({ hosts }: HostsStage): Promise<void> => {
  await Promise.all([
    ...[hosts.server, hosts.jenkins1, hosts.jenkins2].flatMap((host) => [
      host.image(nodeExporterImage),
      host.image(promtailImage),
    ]),
    hosts.server.image(prometheusImage2),
    hosts.server.image(lokiImage),
  ]);
};

export const clear = async ({ hosts }: HostsStage): Promise<void> => {
  await Promise.all(
    Object.values(hosts).map((host) =>
      host.sh(
        "docker ps -aq | xargs -r docker rm -fv >/dev/null; rm -rf /opt/monitoring /run/lock/watchmend.lock",
      ),
    ),
  );
};

/** Name, id and start of every container of a host: what a run that touches nothing must leave as it is. */
export const containers = async (
  stage: HostsStage,
  name: keyof HostsStage["hosts"],
): Promise<Record<string, string>> => {
  const text = await stage.hosts[name].sh(
    "docker ps -aq | xargs -r docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}} {{.State.Status}}'",
  );
  return Object.fromEntries(
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.split(" ")[0]?.slice(1) ?? "", line.split(" ").slice(1).join(" ")]),
  );
};

/** A container of somebody else on jenkins1; what tells whether it was touched. */
export const startForeign = async (stage: HostsStage): Promise<string | undefined> => {
  const run = ["run", "-d", "--name", "foreign", "--network", "host"];
  const flags = ["--web.listen-address=127.0.0.1:9999", "--no-collector.systemd"];
  await stage.hosts.jenkins1.docker(...run, nodeExporterImage.ref, ...flags);
  return (await containers(stage, "jenkins1")).foreign;
};

export const exited = (what: string, ran: Ran, wanted: number): void => {
  if (ran.code !== wanted)
    throw new Error(`${what}: exit ${ran.code}, wanted ${wanted}\n${ran.stdout}\n${ran.stderr}`);
};
