// Looks at every host of a model before anything is changed: one batch per host, then the connections between them.
import { firstSight } from "../diagnose/first-sight.ts";
import type { Facts } from "../model/facts.ts";
import type { Connection, HostSight, ImageArchive, Preflight } from "../model/preflight.ts";
import { listenAddress } from "../model/reachability.ts";
import type { StackFile } from "../model/stack-file.ts";
import type { ReadSession } from "../model/target.ts";
import { plannedConnections } from "../plan/preflight/connections.ts";
import { isEvery, isSameSocket } from "../plan/preflight/listen-address.ts";
import { preflightChecks } from "../plan/preflight/registry.ts";
import { looksOf, questionsFor, runChecks } from "../plan/preflight/run-checks.ts";
import { lookBefore } from "../targets/host/preflight-look.ts";
import { tryConnections, type WantedConnection } from "../targets/host/try-connections.ts";
import type { Deployment } from "./deployment.ts";
import { progressLine } from "./progress.ts";
import { version } from "./version.ts";

const MB = 1_000_000;
const limits = { itemTimeoutMs: 20_000, itemBytes: 32 * MB, logBytes: 2 * MB, sinceSeconds: 0, parallel: 8 };

export interface PreflightChoice {
  readonly acceptUnknown?: boolean;
  readonly quiet?: boolean;
}

/** Of the hosts of the deployment that are to be looked at; the others may still be dialled. */
export async function preflight(
  deployment: Pick<Deployment, "stack" | "desired" | "sessions">,
  archives: readonly ImageArchive[],
  options: PreflightChoice,
  signal: AbortSignal,
): Promise<Preflight> {
  const line = progressLine(options);
  const read: ReadSession = { limits, signal, progress: line.show };
  try {
    return await looked(deployment, archives, options.acceptUnknown ?? false, read);
  } finally {
    line.end();
  }
}

async function looked(
  { stack, desired, sessions }: Pick<Deployment, "stack" | "desired" | "sessions">,
  archives: readonly ImageArchive[],
  acceptUnknown: boolean,
  read: ReadSession,
): Promise<Preflight> {
  const looks = looksOf(preflightChecks);
  const seen = await Promise.all(
    stack.hosts.flatMap((host) => {
      const session = sessions.get(host.name);
      const wanted = desired.hosts.find(({ name }) => name === host.name);
      if (!session || !wanted) return [];
      const questions = questionsFor(preflightChecks, host, wanted, { stack, archives });
      return [
        lookBefore(session, host.name, looks, questions, read).then((look) => ({ name: host.name, ...look })),
      ];
    }),
  );
  const sights = new Map<string, HostSight>(seen.map(({ name, sight }) => [name, sight]));
  const { facts } = firstSight(seen.flatMap(({ items }) => items));
  const reached = new Map([...sessions].filter(([name]) => sights.get(name)?.reached));
  const wanted = plannedConnections(stack)
    .filter(({ from, to }) => reached.has(from) && (to === undefined || reached.has(to)))
    .map((one) => withListener(one, stack, facts));
  read.progress({ target: "hosts", doing: `trying ${wanted.length} connections` });
  const connections = await tryConnections(reached, wanted, read.signal);
  return runChecks(
    preflightChecks,
    { stack, desired, sights, facts, connections, archives },
    { version: version(), acceptUnknown },
  );
}

/** Where nobody listens yet, we may for a moment, on the address that the component will bind. */
function withListener(one: Connection, stack: StackFile, facts: Facts): WantedConnection {
  const host = stack.hosts.find(({ name }) => name === one.to);
  if (!host) return { ...one, isServed: false };
  const component = stack.components.find(
    ({ kind, port }) => port === one.port && host.components.includes(kind),
  );
  const address = component ? listenAddress(stack, host, component.kind) : host.listen;
  const isServed = facts["host.listeners"].some(
    (listener) =>
      listener.host === one.to &&
      listener.protocol === "tcp" &&
      listener.container === undefined &&
      listener.port === one.port &&
      isSameSocket(listener.address, address),
  );
  // A name may stand for several addresses; a listener on all of them answers on the right one.
  const listenOn = isEvery(address) || /^[\d.]+$|:/.test(address) ? address : "0.0.0.0";
  return { ...one, isServed, ...(one.isOurs && !isServed ? { listenOn } : {}) };
}
