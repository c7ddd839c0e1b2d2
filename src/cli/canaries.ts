// Sends a line through every host's agent and looks for it in Loki: logs flow when it comes back.
import { randomBytes } from "node:crypto";
import { type CanaryPerch, type ClusterPerch, canarySchema, type WrittenWay } from "../model/canary.ts";
import type { CollectedItem } from "../model/collected.ts";
import type { Stack } from "../model/stack.ts";
import type { ReadSession } from "../model/target.ts";
import { type LogRoute, logRoutes } from "../stack/log-routes.ts";
import type { SentLine } from "./grafana-look.ts";
import { placeBehind, placeOf } from "./loki-place.ts";
import {
  keysOf,
  type LokiDoor,
  lokiAt,
  lokisInCluster,
  lokisOnHosts,
  type Outcome,
  type Sought,
  seekLine,
  tenantHeaders,
  withPlace,
} from "./seek-line.ts";

/** From where lines are sent and looked for. */
export interface Perches {
  readonly hosts: readonly CanaryPerch[];
  readonly clusters: readonly ClusterPerch[];
}

/** The record of a flight, and the line where it arrived. */
export interface Flown {
  readonly item: CollectedItem;
  readonly arrived?: SentLine;
}

/** One flight per host with an agent. Never throws: what could not be sent or asked is said in the item. */
export async function flyCanaries(
  { hosts, clusters }: Perches,
  stack: Stack,
  session: ReadSession,
): Promise<readonly Flown[]> {
  const nonce = randomBytes(8).toString("hex");
  return await Promise.all(
    logRoutes(stack).flatMap((route) => {
      const perch = hosts.find(({ host }) => host === route.host);
      if (!perch) return [];
      const headers = tenantHeaders(route.pushes);
      const lokis = [
        ...lokisOnHosts(stack, hosts, headers),
        ...clusters.flatMap((cluster) => lokisInCluster(stack, cluster, headers)),
        ...besideLoki(route, hosts, stack),
        ...pushedTo(route, perch, stack),
      ];
      const line = `watchmend-canary ${nonce} ${route.host} ${route.agent}`;
      return [fly(perch, route, line, lokis, session)];
    }),
  );
}

async function fly(
  perch: CanaryPerch,
  route: LogRoute,
  line: string,
  lokis: readonly LokiDoor[],
  session: ReadSession,
): Promise<Flown> {
  session.progress({ target: `host ${route.host}`, doing: "sending a line through its agent" });
  let written: readonly WrittenWay[] = [];
  try {
    written = await perch.write(line, route.ways, session);
    const outcome = notWritten(written) ?? (await seekLine(line, lokis, session));
    return flownOf(route, line, written, outcome);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return flownOf(route, line, written, {
      outcome: written.length > 0 ? "not-asked" : "not-written",
      because,
    });
  } finally {
    await takeAway(perch, route, line, session);
  }
}

/** Also after Ctrl-C and when the host was lost on the way: a file that stays is taken away by the next canary. */
async function takeAway(
  perch: CanaryPerch,
  route: LogRoute,
  line: string,
  session: ReadSession,
): Promise<void> {
  const unhurried: ReadSession = { ...session, signal: new AbortController().signal };
  await perch.clear(line, route.ways, unhurried).catch(() => undefined);
}

function notWritten(written: readonly WrittenWay[]): Outcome | undefined {
  if (written.some(({ failed }) => failed === undefined)) return undefined;
  const reasons = written.map(({ way, failed }) => `${way}: ${failed}`).join("; ");
  return {
    outcome: "not-written",
    because: reasons || "nothing that its agent reads is known that a line could be written to",
  };
}

/** Where the agent pushes to, from the agent's host. */
function pushedTo({ pushes, agent }: LogRoute, own: CanaryPerch, stack: Stack): LokiDoor[] {
  const component = stack.components.find(({ id }) => id === agent);
  const keys = component && keysOf(component);
  return pushes.flatMap(({ url }) =>
    doorAt(own, url, tenantHeaders(pushes), keys).map((door) =>
      withPlace(door, placeBehind(stack, url, component)),
    ),
  );
}

/** The same address asked on Loki's own host: it listens there, and an agent that does not get through to it is to be told from a silent Loki. */
function besideLoki({ pushes }: LogRoute, perches: readonly CanaryPerch[], stack: Stack): LokiDoor[] {
  return stack.components
    .filter(({ kind }) => kind === "loki")
    .flatMap((loki): LokiDoor[] => {
      const perch = perches.find(({ host }) => host === loki.host);
      return perch
        ? pushes.flatMap(({ url }) =>
            doorAt(perch, url, tenantHeaders(pushes), keysOf(loki)).map((door) =>
              withPlace(door, placeOf(loki)),
            ),
          )
        : [];
    });
}

function doorAt(
  perch: CanaryPerch,
  url: string,
  headers: Readonly<Record<string, string>>,
  keys: string | undefined,
): LokiDoor[] {
  const base = url.match(/^(https?:\/\/.+?)\/(?:loki\/api\/v1|api\/prom)\/push$/)?.[1];
  return base === undefined
    ? []
    : [lokiAt(perch, base, headers, base.startsWith("https:") ? keys : undefined)];
}

function flownOf(
  { host, agent }: Pick<LogRoute, "host" | "agent">,
  line: string,
  written: readonly WrittenWay[],
  { place, ...outcome }: Sought,
): Flown {
  const ways = written.filter(({ failed }) => failed === undefined).map(({ way }) => way);
  const item = canaryItem({ host, agent, line, ways, outcome });
  return { item, ...arrivedOf({ host, line, outcome, place }) };
}

export function arrivedOf(flight: {
  readonly host: string;
  readonly line: string;
  readonly outcome: Outcome;
  readonly place: string | undefined;
}): Pick<Flown, "arrived"> {
  const { host, line, outcome, place } = flight;
  if (outcome.outcome !== "arrived") return {};
  return { arrived: { host, line, labels: outcome.labels ?? {}, ...(place === undefined ? {} : { place }) } };
}

/** The record says how it was measured; it is evidence like any other and lies in bundles. */
export function canaryItem(flight: {
  readonly host: string;
  readonly agent: string;
  readonly line: string;
  readonly ways: readonly string[];
  readonly outcome: Outcome;
}): CollectedItem {
  const { outcome, ...about } = flight;
  const record = { schema: canarySchema, ...about, ...outcome };
  return {
    locator: `canary of ${flight.host} through ${flight.agent}`,
    how: "canary",
    host: flight.host,
    body: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
  };
}
