// Is a failure to connect over? Told by what worked since, and by a program that went on writing without repeating it.
import type { Facts } from "../model/facts.ts";
import type { Component } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";
import { isOfEarlierRun } from "../stack/earlier-run.ts";
import { parseAddress } from "../stack/resolve.ts";

export type SinceFacts = Pick<Facts, "prometheus.targets" | "host.clocks">;

/** Agents wait up to five minutes between two attempts; a failure that lasts shows itself twice in this time. */
const quietMs = 600_000;

/** Milliseconds since 1970 of the newest of these lines; undefined when one of them has no time. */
export function newestTime(lines: readonly TextLine[]): number | undefined {
  let newest = 0;
  for (const { timeMs } of lines) {
    if (timeMs === undefined) return undefined;
    newest = Math.max(newest, timeMs);
  }
  return newest === 0 ? undefined : newest;
}

/** A log that ends with it was read at a time that only the clock of its host tells, and may have been saved before. */
const silentMs = 1_800_000;

/** Every log that told of it went on for so long without telling of it again, or was silent until its host's clock was read. */
export function quietFor(lines: readonly TextLine[], clocks: SinceFacts["host.clocks"]): number | undefined {
  let least: number | undefined;
  const streams = new Map<string, TextLine[]>();
  for (const line of lines) {
    const list = streams.get(line.streamId);
    if (list) list.push(line);
    else streams.set(line.streamId, [line]);
  }
  for (const own of streams.values()) {
    const last = newestTime(own);
    if (last === undefined) return undefined;
    const quiet = (own[0]?.streamEndMs ?? last) - last;
    const silent = clockOf(own[0]?.host, clocks) - last;
    if (quiet < quietMs && !(silent >= silentMs)) return undefined;
    const since = Math.max(quiet, silent >= silentMs ? silent : 0);
    least = Math.min(least ?? since, since);
  }
  return least;
}

function clockOf(host: string | undefined, clocks: SinceFacts["host.clocks"]): number {
  const times = clocks.flatMap((clock) =>
    clock.host === host && host !== undefined ? (clock.nowMs ?? []) : [],
  );
  return Math.max(0, ...times.slice(0, 100));
}

/** Words for why a failed dial is over; undefined when it may last. */
export function whyPassed(
  lines: readonly TextLine[],
  dialled: { readonly host?: string; readonly port?: number },
  from: Component | undefined,
  facts: SinceFacts,
): string | undefined {
  const last = newestTime(lines);
  if (last === undefined) return undefined;
  if (isOfEarlierRun(last, from))
    return `last at ${timeText(last)}, and not again since it was started at ${timeText(from?.docker?.startedMs ?? 0)}`;
  const quiet = quietFor(lines, facts["host.clocks"]);
  if (quiet !== undefined)
    return `last at ${timeText(last)}, and not again in the ${Math.floor(quiet / 60_000)} minutes since`;
  if (dialled.host === undefined) return undefined;
  const scraped = facts["prometheus.targets"].find(
    ({ health, scrapeUrl, scrapedAtMs, host }) =>
      health === "up" &&
      (scrapedAtMs ?? 0) > last &&
      from?.kind === "prometheus" &&
      (host === undefined || from.host === undefined || host === from.host) &&
      isThere(scrapeUrl, dialled),
  );
  if (scraped)
    return `last at ${timeText(last)}, and the scrape at ${timeText(scraped.scrapedAtMs ?? 0)} succeeded`;
  return undefined;
}

function isThere(
  url: string | undefined,
  { host, port }: { readonly host?: string; readonly port?: number },
): boolean {
  const address = url === undefined ? undefined : parseAddress(url);
  return address?.host === host?.toLowerCase() && (port === undefined || address?.port === port);
}

function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
