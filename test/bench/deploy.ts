// `npm run bench -- deploy`: plan and apply with nothing to do, on real hosts, beside the floor: one bare ssh per host with the same probe.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { observeScript } from "../../src/plan/deploy/observe.ts";
import { renderStack } from "../../src/render/render-stack.ts";
import { readStackFile } from "../../src/stack-file/read.ts";
import { dockerHost, type Host, startHost } from "../rig/host.ts";
import { debian, debianRoot } from "../rig/parts/debian.ts";
import { nodeExporterImage, promtailImage } from "../rig/parts/images.ts";
import { startParts } from "../rig/parts/index.ts";
import { dirOf } from "../rig/parts/part.ts";
import { asOperator, endRun, type Run, startRun } from "../rig/world/run.ts";
import type { BenchResult } from "./result.ts";
import { cli, median } from "./timed.ts";

export const bench = { name: "deploy", run: runDeploy } as const;

const rounds = 5;
const sizes = [3, 8, 16] as const;
const parts = [debian, nodeExporterImage, promtailImage];

async function runDeploy(): Promise<BenchResult> {
  const built = startParts(parts);
  for (const part of parts) await built.ready(part);
  const run = await startRun(debianRoot(dirOf(debian)));
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  try {
    const hosts: Host[] = [];
    for (const size of sizes) {
      if (!(await grown(run, hosts, size))) break;
      const seen = measure(run, folder, hosts);
      figures[`first apply of what is new, ${size} hosts, ms`] = seen.first;
      figures[`floor, ${size} hosts, ms`] = seen.floor;
      figures[`plan with nothing to do, ${size} hosts, ms`] = seen.plan;
      figures[`apply with nothing to do, ${size} hosts, ms`] = seen.apply;
      figures[`CPU of an empty node, ms`] = seen.node;
      figures[`ssh sessions per host of the last apply, ${size} hosts`] = seen.sessions;
      ratios[`no-op plan over the floor, ${size} hosts`] = seen.plan / seen.floor;
      ratios[`no-op apply over the floor, ${size} hosts`] = seen.apply / seen.floor;
    }
    return { figures, ratios, peers: { "ansible-playbook": ansible() } };
  } finally {
    await endRun(run.id);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A machine may not carry as many hosts as are asked for; then the smaller sizes count, and the rest is said to be unmeasured. */
async function grown(run: Run, hosts: Host[], size: number): Promise<boolean> {
  try {
    while (hosts.length < size) hosts.push(await agentHost(run, hosts.length));
    return true;
  } catch (error) {
    console.error(
      `${size} hosts cannot be started here: ${error instanceof Error ? error.message : String(error)}`,
    );
    return false;
  }
}

async function agentHost(run: Run, index: number): Promise<Host> {
  const host = await startHost(run, dockerHost(`agent${index}`, `10.77.0.${30 + index}`));
  await Promise.all([host.image(nodeExporterImage), host.image(promtailImage)]);
  return host;
}

interface Measured {
  readonly first: number;
  readonly floor: number;
  readonly plan: number;
  readonly apply: number;
  readonly node: number;
  readonly sessions: number;
}

function measure(run: Run, folder: string, hosts: readonly Host[]): Measured {
  const model = join(folder, `stack-${hosts.length}.yaml`);
  writeFileSync(model, modelOf(hosts));
  const words = (verb: string, ...more: string[]): string[] => [
    process.execPath,
    cli,
    verb,
    "-q",
    "-f",
    model,
    ...more,
  ];
  const first = timed(run, folder, words("apply", "--yes"), [0]);
  const bare = floorScript(folder, hosts, modelOf(hosts));
  const times: { floor: number[]; plan: number[]; apply: number[]; node: number[] } = {
    floor: [],
    plan: [],
    apply: [],
    node: [],
  };
  // In turn, so that what else the machine does falls on all of them alike.
  for (let i = 0; i < rounds; i++) {
    times.floor.push(timed(run, folder, ["sh", bare], [0]));
    times.plan.push(timed(run, folder, words("plan"), [0]));
    times.floor.push(timed(run, folder, ["sh", bare], [0]));
    times.apply.push(timed(run, folder, words("apply", "--yes"), [0]));
    times.node.push(timed(run, folder, [process.execPath, "-e", ""], [0]));
  }
  const before = accepted(run, hosts);
  timed(run, folder, words("apply", "--yes"), [0]);
  return {
    first,
    floor: median(times.floor),
    plan: median(times.plan),
    apply: median(times.apply),
    node: median(times.node),
    // The look itself is a session.
    sessions: (accepted(run, hosts) - before) / hosts.length - 1,
  };
}

/** No servers: what is compared is the way to the hosts and back. */
function modelOf(hosts: readonly Host[]): string {
  const version = (ref: string): string => ref.slice(ref.lastIndexOf(":") + 1).replace(/^v/, "");
  return `schema: watchmend.stack/v1
name: bench
directory: /opt/monitoring
defaults: {ssh: {user: root}}
hosts:
  central: {address: 10.77.0.250, roles: [server], absence: sleeping}
${hosts.map(({ name, address }) => `  ${name}: {address: ${address}}`).join("\n")}
components:
  node-exporter: {version: ${version(nodeExporterImage.ref)}, image: "${nodeExporterImage.ref}", args: [--no-collector.systemd, --no-collector.textfile]}
  promtail: {version: ${version(promtailImage.ref)}, image: "${promtailImage.ref}"}
  cadvisor: {enabled: false}
logs: {agent: promtail, journal: false}
`;
}

/** Everybody at once, each over a connection of its own, with the very script that watchmend sends. */
function floorScript(folder: string, hosts: readonly Host[], text: string): string {
  const { stack } = readStackFile(text);
  if (!stack) throw new Error("the model of the benchmark is not one");
  const desired = renderStack(stack).hosts;
  const lines = hosts.map(({ name, address }) => {
    const own = desired.find((one) => one.name === name);
    if (!own) throw new Error(`no host ${name}`);
    const file = join(folder, `probe-${name}.sh`);
    writeFileSync(
      file,
      observeScript({ desired: own, stack: stack.name, directory: "/opt/monitoring" }, "salt"),
    );
    return `ssh -T -o BatchMode=yes root@${address} exec sh -s < ${file} > ${file}.out &`;
  });
  const script = join(folder, `floor-${hosts.length}.sh`);
  writeFileSync(script, `${lines.join("\n")}\nwait\n`);
  chmodSync(script, 0o755);
  return script;
}

function timed(run: Run, folder: string, argv: readonly string[], codes: readonly number[]): number {
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

function accepted(run: Run, hosts: readonly Host[]): number {
  return hosts.reduce((sum, { address }) => {
    const [file = "", ...args] = asOperator(run, [
      "ssh",
      "-o",
      "BatchMode=yes",
      `root@${address}`,
      "journalctl -u ssh -o cat | grep -c 'Accepted publickey'",
    ]);
    return sum + Number(spawnSync(file, args).stdout.toString().trim());
  }, 0);
}

function ansible(): string {
  const found = spawnSync("ansible-playbook", ["--version"]);
  if (found.error) return "not run: ansible-playbook is not installed here";
  return "not run: its modules need a whole Python and python3-docker on the hosts, and the rig's have python3-minimal";
}
