// Looks for a line in Loki until it is there or its time is over.
import { setTimeout as pause } from "node:timers/promises";
import type { CanaryFlight, CanaryPerch, ClusterPerch } from "../model/canary.ts";
import { ownerLabels } from "../model/desired.ts";
import { itemsOf, textOf, valueAt } from "../model/json-value.ts";
import type { Stack } from "../model/stack.ts";
import type { ReadSession } from "../model/target.ts";
import { placeOf } from "./loki-place.ts";

/** A Loki, and from where it is asked. Undefined: no answer. */
export interface LokiDoor {
  /** Where it runs, as loki-place.ts tells it. */
  readonly place?: string;
  get(path: string, session: ReadSession): Promise<string | undefined>;
}

export type Outcome = Omit<CanaryFlight, "at" | "host" | "ways">;

/** With the place of the Loki that had the line, where that is known. */
export type Sought = Outcome & { readonly place?: string };

/** Milliseconds: promtail looks for new files every 10 s and Loki answers what its ingesters hold at once. */
const freshness = 60_000;
/** A line takes a second or two where all is well: the pauses grow from the first to the second. */
const shortestMs = 400;
const longestMs = 2_000;
const growth = 1.5;
/** Labels that some agent's default gives to every stream; the first that Loki has is asked for. */
export const commonLabels = [
  "job",
  "service_name",
  "namespace",
  "host",
  "hostname",
  "instance",
  "container",
  "filename",
  "unit",
] as const;

type Labels = Readonly<Record<string, string>>;

/** `isOurs`: whether a stream with these labels can be the one the line was written to. */
export async function seekLine(
  line: string,
  lokis: readonly LokiDoor[],
  session: ReadSession,
  isOurs: (labels: Labels) => boolean = () => true,
): Promise<Sought> {
  const sentAt = Date.now();
  let answered = false;
  for (let asked = 0; Date.now() - sentAt < freshness && !session.signal.aborted; asked++) {
    for (const loki of lokis) {
      const found = await seekOnce(loki, line, session, isOurs);
      if (found === "no answer") continue;
      answered = true;
      if (found)
        return {
          ...{ outcome: "arrived", afterMs: Date.now() - sentAt, labels: found },
          ...(loki.place === undefined ? {} : { place: loki.place }),
        };
    }
    await pause(Math.min(shortestMs * growth ** asked, longestMs), undefined, {
      signal: session.signal,
    }).catch(() => undefined);
  }
  if (session.signal.aborted) return { outcome: "not-asked", because: "interrupted before it was found" };
  if (!answered) return { outcome: "not-asked", because: "no Loki gave an answer that could be understood" };
  return { outcome: "lost", because: `Loki does not have it after ${freshness / 1000} s` };
}

/** The labels of the stream that has the line, undefined when none has. */
async function seekOnce(
  loki: LokiDoor,
  line: string,
  session: ReadSession,
  isOurs: (labels: Labels) => boolean,
): Promise<Labels | undefined | "no answer"> {
  const labels = parsed(await loki.get("/loki/api/v1/labels?since=1h", session));
  if (valueAt(labels, "status") !== "success") return "no answer";
  const known = new Set(itemsOf(valueAt(labels, "data")));
  for (const label of commonLabels.filter((one) => known.has(one))) {
    const query = `{${label}=~".+"} |~ ${JSON.stringify(patternOf(line))}`;
    const path = `/loki/api/v1/query_range?since=5m&limit=5&query=${encodeURIComponent(query)}`;
    const answer = parsed(await loki.get(path, session));
    if (valueAt(answer, "status") !== "success") return "no answer";
    const own = itemsOf(valueAt(answer, "data", "result"))
      .filter((stream) => holds(stream, line))
      .map((stream) => textsOf(valueAt(stream, "stream")))
      .find(isOurs);
    if (own !== undefined) return own;
  }
  return undefined;
}

/** Loki logs what it is asked: a pattern that does not match itself finds the line and never the question. */
export function patternOf(line: string): string {
  const escaped = line.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return escaped.replace(/^(watchmend-canary[ -])(.)/, "$1[$2]");
}

/** Whatever was asked for, only our own line proves anything. Agents may wrap a line (JSON of Docker, a prefix). */
function holds(stream: unknown, line: string): boolean {
  return itemsOf(valueAt(stream, "values")).some((entry) => textOf(itemsOf(entry)[1])?.includes(line));
}

function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, text]) => [key, textOf(text) ?? ""]));
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

export function tenantHeaders(pushes: readonly { readonly tenant?: string }[]): Labels {
  const tenant = pushes.find((push) => push.tenant !== undefined)?.tenant;
  return tenant === undefined ? {} : { "X-Scope-OrgID": tenant };
}

/** Loki on hosts that were read, asked there. */
export function lokisOnHosts(stack: Stack, perches: readonly CanaryPerch[], headers: Labels): LokiDoor[] {
  return stack.components.flatMap((component): LokiDoor[] => {
    const perch = perches.find(({ host }) => component.kind === "loki" && host === component.host);
    if (!perch) return [];
    const published = component.docker?.ports?.find(({ hostPort }) => hostPort !== undefined)?.hostPort;
    const keys = keysOf(component);
    const scheme = keys === undefined ? "http" : "https";
    const door = lokiAt(perch, `${scheme}://127.0.0.1:${published ?? 3100}`, headers, keys);
    return [withPlace(door, placeOf(component))];
  });
}

/** What opens a door of a stack that watchmend deployed. */
export function keysOf({ docker }: Stack["components"][number]): string | undefined {
  return docker?.labels?.[ownerLabels.keys];
}

export function lokiAt(perch: CanaryPerch, base: string, headers: Labels, keys?: string): LokiDoor {
  return { get: (path, session) => perch.fetch(`${base}${path}`, headers, session, keys) };
}

export function withPlace(door: LokiDoor, place: string | undefined): LokiDoor {
  return place === undefined ? door : { ...door, place };
}

/** Pods that answer queries, in the order in which they are likeliest to. */
const answering = [/gateway/, /query-frontend|-read/, /./];
const mostPods = 4;

export function lokisInCluster(stack: Stack, cluster: ClusterPerch, headers: Labels): LokiDoor[] {
  const found = stack.components
    .filter(({ kind, pods }) => kind === "loki" && pods.length > 0)
    .flatMap(({ pods, container }) => {
      const ports = container?.ports ?? [];
      const port =
        ports.find(({ name }) => name === "http-metrics" || name === "http")?.containerPort ?? 3100;
      return pods.filter(({ origin, ready }) => origin === "live" && ready).map((pod) => ({ pod, port }));
    });
  const rank = (name: string): number => answering.findIndex((pattern) => pattern.test(name));
  return found
    .toSorted((a, b) => rank(a.pod.name) - rank(b.pod.name))
    .slice(0, mostPods)
    .flatMap(({ pod: { namespace, name: pod }, port }): LokiDoor[] =>
      namespace === undefined
        ? []
        : [
            {
              place: `namespace ${namespace}`,
              async get(path, session) {
                const { status, body } = await cluster.ask({ namespace, pod, port }, path, session, headers);
                return status === 200 ? body : undefined;
              },
            },
          ],
    );
}
