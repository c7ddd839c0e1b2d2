// Sends a line through every host's agent and looks for it in Loki: logs flow when it comes back.
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type CanaryFlight, type CanaryPerch, canarySchema, type WrittenWay } from "../model/canary.ts";
import type { CollectedItem } from "../model/collected.ts";
import { itemsOf, textOf, valueAt } from "../model/json-value.ts";
import type { Stack } from "../model/stack.ts";
import type { ReadSession } from "../model/target.ts";
import { type LogRoute, logRoutes } from "../stack/log-routes.ts";

/** Milliseconds: promtail looks for new files every 10 s and Loki answers what its ingesters hold at once. */
const freshness = 60_000;
const pollEvery = 2_000;
/** Labels that some agent's default gives to every stream; the first that Loki has is asked for. */
const commonLabels = [
  "job",
  "service_name",
  "host",
  "hostname",
  "instance",
  "container",
  "filename",
  "unit",
] as const;

interface Flight {
  readonly route: LogRoute;
  readonly line: string;
  readonly written: readonly WrittenWay[];
  readonly sentAt: number;
}

type Outcome = Omit<CanaryFlight, "at" | "host" | "ways">;

/** One item per host with an agent. Never throws: what could not be sent or asked is said in the item. */
export async function flyCanaries(
  perches: readonly CanaryPerch[],
  stack: Stack,
  session: ReadSession,
): Promise<readonly CollectedItem[]> {
  const nonce = randomBytes(8).toString("hex");
  return await Promise.all(
    logRoutes(stack).flatMap((route) => {
      const perch = perches.find(({ host }) => host === route.host);
      return perch
        ? [
            fly(
              perch,
              route,
              `watchmend-canary ${nonce} ${route.host} ${route.agent}`,
              stack,
              perches,
              session,
            ),
          ]
        : [];
    }),
  );
}

async function fly(
  perch: CanaryPerch,
  route: LogRoute,
  line: string,
  stack: Stack,
  perches: readonly CanaryPerch[],
  session: ReadSession,
): Promise<CollectedItem> {
  session.progress({ target: `host ${route.host}`, doing: "sending a line through its agent" });
  const sentAt = Date.now();
  let written: readonly WrittenWay[] = [];
  try {
    written = await perch.write(line, route.ways, session);
    const flight: Flight = { route, line, written, sentAt: Date.now() };
    return itemOf(flight, await outcomeOf(flight, lokisFor(route, stack, perches, perch), session));
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    const outcome = written.length > 0 ? "not-asked" : "not-written";
    return itemOf({ route, line, written, sentAt }, { outcome, because });
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

async function outcomeOf(flight: Flight, lokis: readonly LokiDoor[], session: ReadSession): Promise<Outcome> {
  const { written } = flight;
  if (!written.some(({ failed }) => failed === undefined)) {
    const reasons = written.map(({ way, failed }) => `${way}: ${failed}`).join("; ");
    return {
      outcome: "not-written",
      because: reasons || "nothing that its agent reads is known that a line could be written to",
    };
  }
  let answered = false;
  while (Date.now() - flight.sentAt < freshness && !session.signal.aborted) {
    for (const loki of lokis) {
      const found = await seek(loki, flight, session);
      if (found === "no answer") continue;
      answered = true;
      if (found) return { outcome: "arrived", afterMs: Date.now() - flight.sentAt, labels: found };
    }
    await pause(pollEvery, undefined, { signal: session.signal }).catch(() => undefined);
  }
  if (session.signal.aborted) return { outcome: "not-asked", because: "interrupted by Ctrl-C" };
  if (!answered) return { outcome: "not-asked", because: "Loki could not be asked from any host" };
  return { outcome: "lost", because: `Loki does not have it after ${freshness / 1000} s` };
}

interface LokiDoor {
  readonly perch: CanaryPerch;
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Loki on its own host, and where the agent pushes to, from the agent's host. */
function lokisFor(
  { pushes }: LogRoute,
  stack: Stack,
  perches: readonly CanaryPerch[],
  own: CanaryPerch,
): LokiDoor[] {
  const tenant = pushes.find((push) => push.tenant !== undefined)?.tenant;
  const headers = tenant === undefined ? {} : { "X-Scope-OrgID": tenant };
  const local = stack.components.flatMap((component): LokiDoor[] => {
    const perch = perches.find(({ host }) => component.kind === "loki" && host === component.host);
    if (!perch) return [];
    const published = component.docker?.ports?.find(({ hostPort }) => hostPort !== undefined)?.hostPort;
    return [{ perch, base: `http://127.0.0.1:${published ?? 3100}`, headers }];
  });
  const pushed = pushes.flatMap(({ url }): LokiDoor[] => {
    const base = url.match(/^(https?:\/\/.+?)\/(?:loki\/api\/v1|api\/prom)\/push$/)?.[1];
    return base === undefined ? [] : [{ perch: own, base, headers }];
  });
  return [...local, ...pushed];
}

/** The labels of the stream that has the line, undefined when none has. */
async function seek(
  { perch, base, headers }: LokiDoor,
  { line }: Flight,
  session: ReadSession,
): Promise<Readonly<Record<string, string>> | undefined | "no answer"> {
  const labels = await perch.fetch(`${base}/loki/api/v1/labels?since=1h`, headers, session);
  if (labels === undefined) return "no answer";
  const known = new Set(itemsOf(valueAt(parsed(labels), "data")));
  for (const label of commonLabels.filter((one) => known.has(one))) {
    const query = `{${label}=~".+"} |= ${JSON.stringify(line)}`;
    const url = `${base}/loki/api/v1/query_range?since=5m&limit=5&query=${encodeURIComponent(query)}`;
    const answer = await perch.fetch(url, headers, session);
    const stream = itemsOf(valueAt(parsed(answer ?? ""), "data", "result")).find((one) => holds(one, line));
    if (stream !== undefined) return textsOf(valueAt(stream, "stream"));
  }
  return undefined;
}

/** Whatever was asked for, only our own line proves anything. Agents may wrap a line (JSON of Docker, a prefix). */
function holds(stream: unknown, line: string): boolean {
  return itemsOf(valueAt(stream, "values")).some((entry) => textOf(itemsOf(entry)[1])?.includes(line));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, text]) => [key, textOf(text) ?? ""]));
}

/** The record says how it was measured; it is evidence like any other and lies in bundles. */
function itemOf({ route, line, written }: Flight, outcome: Outcome): CollectedItem {
  const ways = written.filter(({ failed }) => failed === undefined).map(({ way }) => way);
  const record = { schema: canarySchema, host: route.host, agent: route.agent, line, ways, ...outcome };
  return {
    locator: `canary of ${route.host} through ${route.agent}`,
    how: "canary",
    host: route.host,
    body: Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`),
  };
}
