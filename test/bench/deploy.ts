// `npm run bench -- deploy`: agents put on real hosts. With nothing to do beside the floor; and from nothing, with nothing to do and with
// one change beside ansible-playbook. WATCHMEND_BENCH_HOSTS (3,8,16) and WATCHMEND_BENCH_ROUNDS (5) make it smaller.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Host } from "../rig/host.ts";
import { debian, debianRoot } from "../rig/parts/debian.ts";
import { nodeExporterImage, promtailImage } from "../rig/parts/images.ts";
import { startParts } from "../rig/parts/index.ts";
import { dirOf } from "../rig/parts/part.ts";
import { endRun, type Run, startRun } from "../rig/world/run.ts";
import { type Ansible, ansible } from "./deploy/ansible.ts";
import { besideFloor } from "./deploy/floor.ts";
import { agentHost, emptied } from "./deploy/hosts.ts";
import { besideAnsible } from "./deploy/peers.ts";
import type { BenchResult } from "./result.ts";

export const bench = { name: "deploy", run: runDeploy } as const;

const sizes = (process.env.WATCHMEND_BENCH_HOSTS ?? "3,8,16").split(",").map(Number);
const rounds = Number(process.env.WATCHMEND_BENCH_ROUNDS ?? "5");
const parts = [debian, nodeExporterImage, promtailImage];

async function runDeploy(): Promise<BenchResult> {
  if (![...sizes, rounds].every((count) => Number.isInteger(count) && count > 0))
    throw new Error("WATCHMEND_BENCH_HOSTS and WATCHMEND_BENCH_ROUNDS are whole numbers, such as 2,8 and 3");
  const built = startParts(parts);
  for (const part of parts) await built.ready(part);
  const peer = ansible();
  const run = await startRun(debianRoot(dirOf(debian)));
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  try {
    const hosts: Host[] = [];
    for (const size of [...sizes].sort((a, b) => a - b)) {
      if (!(await grown(run, hosts, size, peer))) break;
      await Promise.all(hosts.map(emptied));
      const seen = besideFloor(run, folder, hosts, rounds);
      figures[`floor, ${size} hosts, ms`] = seen.floor;
      figures[`plan with nothing to do, ${size} hosts, ms`] = seen.plan;
      figures[`apply with nothing to do, ${size} hosts, ms`] = seen.apply;
      figures[`an empty node, ${size} hosts, ms`] = seen.node;
      figures[`ssh sessions per host of an apply, ${size} hosts`] = seen.sessions;
      ratios[`no-op plan over the floor, ${size} hosts`] = seen.plan / seen.floor;
      ratios[`no-op apply over the floor, ${size} hosts`] = seen.apply / seen.floor;
      const beside = await besideAnsible(run, folder, hosts, peer, rounds);
      Object.assign(figures, beside.figures);
      Object.assign(ratios, beside.ratios);
    }
    return { figures, ratios, peers: { ansible: "why" in peer ? `not run: ${peer.why}` : peer.version } };
  } finally {
    await endRun(run.id);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A machine may not carry as many hosts as are asked for; then the smaller sizes count, and the rest is said to be unmeasured. */
async function grown(
  run: Run,
  hosts: Host[],
  size: number,
  peer: Ansible | { readonly why: string },
): Promise<boolean> {
  try {
    while (hosts.length < size)
      hosts.push(await agentHost(run, hosts.length, "why" in peer ? [] : peer.binds));
    return true;
  } catch (error) {
    console.error(
      `${size} hosts cannot be started here: ${error instanceof Error ? error.message : String(error)}`,
    );
    return false;
  }
}
