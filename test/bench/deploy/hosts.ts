// Hosts of the rig for benchmarks of deployments, their model, and one timed command where the operator sits.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type Bind, dockerHost, type Host, startHost } from "../../rig/host.ts";
import { nodeExporterImage, promtailImage } from "../../rig/parts/images.ts";
import { asOperator, type Run } from "../../rig/world/run.ts";

export async function agentHost(run: Run, index: number, binds: readonly Bind[] = []): Promise<Host> {
  const host = await startHost(run, { ...dockerHost(`agent${index}`, `10.77.0.${30 + index}`), binds });
  await Promise.all([host.image(nodeExporterImage), host.image(promtailImage)]);
  return host;
}

/** No servers: what is compared is the way to the hosts and back. */
export function modelOf(hosts: readonly Pick<Host, "name" | "address">[], exporterPort = 9100): string {
  const version = (ref: string): string => ref.slice(ref.lastIndexOf(":") + 1).replace(/^v/, "");
  return `schema: watchmend.stack/v1
name: bench
directory: /opt/monitoring
defaults: {ssh: {user: root}}
hosts:
  central: {address: 10.77.0.250, roles: [server], absence: sleeping}
${hosts.map(({ name, address }) => `  ${name}: {address: ${address}}`).join("\n")}
components:
  node-exporter: {version: ${version(nodeExporterImage.ref)}, image: "${nodeExporterImage.ref}", port: ${exporterPort}, args: [--no-collector.systemd, --no-collector.textfile]}
  promtail: {version: ${version(promtailImage.ref)}, image: "${promtailImage.ref}"}
  cadvisor: {enabled: false}
logs: {agent: promtail, journal: false}
`;
}

/** The host of the servers is not there: looking for it would be measured, and nobody else looks. */
export const only = (hosts: readonly Pick<Host, "name">[]): readonly string[] =>
  hosts.flatMap(({ name }) => ["--host", name]);

/** Nothing of whoever was measured before. */
export const emptied = (host: Host): Promise<string> =>
  host.sh("docker ps -aq | xargs -r docker rm -fv >/dev/null; rm -rf /opt/monitoring");

export function timed(run: Run, folder: string, argv: readonly string[], codes: readonly number[]): number {
  const [file = "", ...args] = asOperator(run, [
    "env",
    `XDG_STATE_HOME=${join(folder, "state")}`,
    "NO_COLOR=1",
    ...argv,
  ]);
  const begun = performance.now();
  const ran = spawnSync(file, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 600_000 });
  const ms = performance.now() - begun;
  if (ran.status === null || !codes.includes(ran.status))
    throw new Error(`${argv.slice(0, 4).join(" ")} ended with ${ran.status}: ${ran.stdout}${ran.stderr}`);
  return ms;
}
