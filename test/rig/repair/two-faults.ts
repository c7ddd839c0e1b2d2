// Two faults on one host whose repair has steps of three kinds: a container made again, a file overwritten in place, a restart.
import { contains, type HostsStage, same } from "../scenario.ts";
import * as stack from "../stacks/hosts.ts";
import {
  agentFile,
  agentParts,
  goodUrl,
  startAgent,
  startLoki,
  urlWithoutPath,
} from "../stacks/push-agent.ts";
import { pictureOfHosts } from "./picture-of-hosts.ts";
import { samePicture, withOwnHistory } from "./there-and-back.ts";

export const faultParts = [...stack.stackParts, ...agentParts];

const rules = ["docker/published-on-loopback", "promtail/push-path-wrong"];
const reach = ["--host", "root@server", "--host", "root@jenkins1"];
export const repairing = [...reach, "--only", ...rules, "--wait", "60"];
export const unattended = ["remediate", ...repairing, "--yes"];

export type Faults = {
  readonly faulty: string;
  readonly picture: () => Promise<string>;
};

export const putFaults = async (stage: HostsStage): Promise<Faults> => {
  withOwnHistory(stage);
  stage.defer(() => stage.hosts.jenkins1.sh("rm -rf /opt/promtail /var/log/app"));
  await stack.startStack(stage);
  await stack.bothUp(stage);
  await startLoki(stage);
  await startAgent(stage, goodUrl);
  await startAgent(stage, urlWithoutPath);
  await stage.hosts.jenkins1.docker("rm", "-f", "node-exporter");
  await stack.startExporter(stage, "jenkins1", "-p", "127.0.0.1:9100:9100");
  await stack.isDown(stage, "jenkins1:9100", /connection refused/);
  const picture = (): Promise<string> => pictureOfHosts(stage, [`jenkins1:${agentFile}`]);
  return { faulty: await picture(), picture };
};

type Past = { readonly id: string; readonly state: string };

export const past = async (stage: HostsStage): Promise<readonly Past[]> => {
  const { stdout } = await stage.watchmend(["history", "--format", "json"]);
  return (JSON.parse(stdout) as { transactions: Past[] }).transactions;
};

/** Whatever a run has left is taken back by `rollback`, to the byte, and no lock stays. */
export const isTakenBack = async (stage: HostsStage, what: string, faults: Faults): Promise<void> => {
  const standing = (await past(stage)).filter(({ state }) => state !== "rolled-back");
  for (const { id } of [...standing].reverse()) {
    const back = await stage.watchmend(["rollback", id], { timeoutMs: 120_000 });
    same(`${what}: exit of rollback ${id}\n${back.stdout}\n${back.stderr}`, back.code, 0);
  }
  samePicture(`${what}: the world`, await faults.picture(), faults.faulty);
  for (const { state } of await past(stage)) same(`${what}: what history says`, state, "rolled-back");
};

export const noLock = async ({ hosts }: HostsStage, what: string): Promise<void> => {
  const left = await hosts.jenkins1.sh("ls -d /run/lock/watchmend.lock 2>/dev/null || true");
  same(`${what}: the lock`, left.trim(), "");
};

/** A whole run: what a killed one must lead to as well. */
export const repairsNow = async (stage: HostsStage, what: string): Promise<string> => {
  const ran = await stage.watchmend(unattended, { timeoutMs: 240_000 });
  if (ran.code > 2) throw new Error(`${what}: exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
  contains(`${what}: what was done`, ran.stdout, "✓");
  return `${ran.stdout}\n${ran.stderr}`;
};
