// The same agents put on the same hosts by watchmend and by ansible-playbook, in turn: from nothing, with nothing to do, and with one change.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderStack } from "../../../src/render/render-stack.ts";
import { readStackFile } from "../../../src/stack-file/read.ts";
import type { Host } from "../../rig/host.ts";
import type { Run } from "../../rig/world/run.ts";
import type { BenchResult } from "../result.ts";
import { cli, median } from "../timed.ts";
import { type Ansible, playbookFor, ways } from "./ansible.ts";
import { emptied, modelOf, only, timed } from "./hosts.ts";

const deeds = ["first apply", "nothing to do", "one change"] as const;
type Deed = (typeof deeds)[number];

/** One command for each of the deeds; a changed port of the exporter is the change. */
interface Peer {
  readonly name: string;
  run(port: number): number;
}

export async function besideAnsible(
  run: Run,
  folder: string,
  hosts: readonly Host[],
  peer: Ansible | { readonly why: string },
  rounds: number,
): Promise<Pick<BenchResult, "figures" | "ratios">> {
  const figures: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  const peers = [ours(run, folder, hosts), ...("why" in peer ? [] : theirs(run, folder, hosts, peer))];
  const seen = await measured(hosts, peers, rounds);
  for (const [key, ms] of seen) figures[`${key}, ${hosts.length} hosts, ms`] = ms;
  for (const deed of deeds)
    for (const way of ways) {
      const other = seen.get(`${deed} by ansible (${way})`);
      const mine = seen.get(`${deed} by watchmend`);
      if (other !== undefined && mine !== undefined)
        ratios[`${deed}: watchmend over ansible (${way}), ${hosts.length} hosts`] = mine / other;
    }
  return { figures, ratios };
}

/** In turn, from an empty place each time, so that what else the machine does falls on all of them alike. */
async function measured(
  hosts: readonly Host[],
  peers: readonly Peer[],
  rounds: number,
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>();
  const note = (peer: Peer, deed: Deed, ms: number): void => {
    const key = `${deed} by ${peer.name}`;
    times.set(key, [...(times.get(key) ?? []), ms]);
    console.error(`${hosts.length} hosts: ${key}: ${Math.round(ms)} ms`);
  };
  for (let i = 0; i < rounds; i++)
    for (const peer of peers) {
      await Promise.all(hosts.map(emptied));
      note(peer, "first apply", peer.run(9100));
      note(peer, "nothing to do", peer.run(9100));
      note(peer, "nothing to do", peer.run(9100));
      note(peer, "one change", peer.run(9101));
    }
  return new Map([...times].map(([key, all]) => [key, median(all)]));
}

function ours(run: Run, folder: string, hosts: readonly Host[]): Peer {
  const file = (port: number): string => {
    const path = join(folder, `stack-${hosts.length}-${port}.yaml`);
    writeFileSync(path, modelOf(hosts, port));
    return path;
  };
  return {
    name: "watchmend",
    run: (port) =>
      timed(
        run,
        folder,
        [process.execPath, cli, "apply", "--yes", "-q", "-f", file(port), ...only(hosts)],
        [0],
      ),
  };
}

function theirs(run: Run, folder: string, hosts: readonly Host[], peer: Ansible): readonly Peer[] {
  const { stack } = readStackFile(modelOf(hosts));
  const [first] = hosts;
  const own = stack && renderStack(stack).hosts.find(({ name }) => name === first?.name);
  const promtail = own?.files.find(({ path }) => path.endsWith("promtail.yaml"))?.content;
  if (promtail === undefined || !first) throw new Error("the model of the benchmark has no Promtail");
  const template = promtail
    .replaceAll(first.address, "{{ ansible_host }}")
    .replaceAll(first.name, "{{ inventory_hostname }}");
  const playbook = playbookFor(peer, folder, hosts, template);
  return ways.map((way) => ({
    name: `ansible (${way})`,
    run: (port) => {
      const { env, words } = playbook(way);
      const command = ["env", env, peer.program, ...words, "-e", `exporter_port=${port}`];
      return timed(run, folder, command, [0]);
    },
  }));
}
