// One port, one listener: all components of a host share its network.
import type { StackFile, StackHost } from "../model/stack-file.ts";
import type { Check } from "./check.ts";

interface Use {
  readonly who: string;
  readonly path: readonly PropertyKey[];
}

export const checkPorts: Check = function* (stack) {
  // Hosts of one kind have the same clash: it is told once, for the first of them.
  const told = new Set<string>();
  for (const host of stack.hosts) {
    if (host.runtime === "kubernetes") continue;
    const taken = new Map<number, Use>();
    for (const { port, ...use } of usesOf(stack, host)) {
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

function usesOf(stack: StackFile, host: StackHost): readonly (Use & { readonly port: number })[] {
  const jobs = stack.scrape.flatMap((job, i) =>
    job.targets
      .filter((target) => target.host === host.name)
      .map((target) => ({
        port: Number(/:(\d+)$/.exec(target.address)?.[1]),
        who: `job ${job.job}`,
        path: ["scrape", i, "port"],
      })),
  );
  // Several jobs may read one port at different paths.
  const once = jobs.filter((one, i) => jobs.findIndex((other) => other.port === one.port) === i);
  const own = stack.components
    .filter((one) => host.components.includes(one.kind))
    .flatMap((one) => [
      { port: one.port, who: one.kind, path: ["components", one.kind, "port"] },
      ...(one.secondPort === undefined
        ? []
        : [{ port: one.secondPort, who: `${one.kind} (second port)`, path: ["components", one.kind] }]),
    ]);
  return [...once, ...own];
}
