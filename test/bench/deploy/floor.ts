// plan and apply with nothing to do beside the floor: one bare ssh per host, everybody at once, with the very script that watchmend sends.
import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { observeScript } from "../../../src/plan/deploy/observe.ts";
import { renderStack } from "../../../src/render/render-stack.ts";
import { readStackFile } from "../../../src/stack-file/read.ts";
import type { Host } from "../../rig/host.ts";
import { asOperator, type Run } from "../../rig/world/run.ts";
import { cli, median } from "../timed.ts";
import { modelOf, only, timed } from "./hosts.ts";

export interface BesideFloor {
  readonly floor: number;
  readonly plan: number;
  readonly apply: number;
  readonly node: number;
  readonly sessions: number;
}

export function besideFloor(run: Run, folder: string, hosts: readonly Host[], rounds: number): BesideFloor {
  const model = join(folder, `stack-${hosts.length}.yaml`);
  writeFileSync(model, modelOf(hosts));
  const verb = (...words: string[]): string[] => [
    process.execPath,
    cli,
    ...words,
    "-q",
    "-f",
    model,
    ...only(hosts),
  ];
  timed(run, folder, verb("apply", "--yes"), [0]);
  const bare = floorScript(folder, hosts, modelOf(hosts));
  const ways: Readonly<Record<"floor" | "plan" | "apply" | "node", readonly string[]>> = {
    floor: ["sh", bare],
    plan: verb("plan"),
    apply: verb("apply", "--yes"),
    node: [process.execPath, "-e", ""],
  };
  const times = { floor: [] as number[], plan: [] as number[], apply: [] as number[], node: [] as number[] };
  // In turn, so that what else the machine does falls on all of them alike.
  for (let i = 0; i < rounds; i++)
    for (const way of ["floor", "plan", "floor", "apply", "node"] as const)
      times[way].push(timed(run, folder, ways[way], [0]));
  const before = accepted(run, hosts);
  timed(run, folder, verb("apply", "--yes"), [0]);
  return {
    floor: median(times.floor),
    plan: median(times.plan),
    apply: median(times.apply),
    node: median(times.node),
    // The look itself is a session.
    sessions: (accepted(run, hosts) - before) / hosts.length - 1,
  };
}

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
