// One port, one listener: all components of a host share its network, with sshd and with what the jobs scrape there.
import type { StackFile, StackHost } from "../model/stack-file.ts";
import type { Check } from "./check.ts";

interface Use {
  readonly who: string;
  readonly port: number;
  readonly path: readonly PropertyKey[];
}

export const checkPorts: Check = function* (stack) {
  // Hosts of one kind have the same clash: it is told once, for the first of them.
  const told = new Set<string>();
  const jobs = jobUses(stack);
  for (const host of stack.hosts) {
    if (host.runtime === "kubernetes") continue;
    const taken = new Map<number, Use>();
    for (const use of usesOf(stack, host, jobs.get(host.name) ?? [])) {
      const { port } = use;
      const other = taken.get(port);
      if (!other) {
        taken.set(port, use);
        continue;
      }
      const key = `${port} ${use.who} ${other.who}`;
      if (told.has(key)) continue;
      told.add(key);
      yield {
        path: use.path,
        near: other.path,
        says: `port ${port} of ${host.name} is wanted by ${other.who} and by ${use.who}`,
        why: "both listen on the host's own network, and the second would not start",
        write: `port: ${freePort(port, taken)}`,
      };
    }
  }
};

function freePort(port: number, taken: ReadonlyMap<number, Use>): number {
  let free = port + 1;
  while (taken.has(free)) free++;
  return free;
}

/** By host; several jobs may read one port at different paths. */
function jobUses(stack: StackFile): ReadonlyMap<string, readonly Use[]> {
  const byHost = new Map<string, Map<number, Use>>();
  for (const [i, job] of stack.scrape.entries())
    for (const { host, address } of job.targets) {
      const port = Number(/:(\d+)$/.exec(address)?.[1]);
      if (host === undefined || Number.isNaN(port)) continue;
      const uses = byHost.get(host) ?? new Map<number, Use>();
      if (!uses.has(port)) uses.set(port, { port, who: `job ${job.job}`, path: ["scrape", i, "port"] });
      byHost.set(host, uses);
    }
  return new Map([...byHost].map(([host, uses]) => [host, [...uses.values()]]));
}

function usesOf(stack: StackFile, host: StackHost, jobs: readonly Use[]): readonly Use[] {
  const ssh = {
    port: host.ssh.port ?? 22,
    who: "its ssh server",
    path: ["hosts", host.name, ...(host.ssh.port === undefined ? [] : ["ssh", "port"])],
  };
  const own = stack.components
    .filter((one) => host.components.includes(one.kind))
    .flatMap((one): readonly Use[] => [
      { port: one.port, who: one.kind, path: ["components", one.kind, "port"] },
      ...(one.secondPort === undefined
        ? []
        : [
            {
              port: one.secondPort,
              who: `${one.kind} (second port)`,
              path: ["components", one.kind, ...(one.kind === "loki" ? ["grpc_port"] : [])],
            },
          ]),
    ]);
  return [ssh, ...jobs, ...own];
}
