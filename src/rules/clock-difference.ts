// Whether the clocks in the evidence disagree: two machines asked at once, or one against its time source.

import { formatDuration } from "../model/duration.ts";
import type { Clock } from "../model/host.ts";
import type { Place } from "../model/place.ts";

export interface ClockFault {
  /** `the clock of vm is 1h50m behind that of host`. */
  readonly words: string;
  readonly proof: readonly Place[];
}

const noticeableMs = 2 * 60_000;

export function clockFault(clocks: readonly Clock[]): ClockFault | undefined {
  const off = clocks.find((clock) => Math.abs(clock.offsetSeconds ?? 0) * 1_000 >= noticeableMs);
  if (off?.offsetSeconds !== undefined) {
    const by = formatDuration(Math.abs(off.offsetSeconds) * 1_000);
    return {
      words: `the clock${off.host ? ` of ${off.host}` : ""} is ${by} ${off.offsetSeconds > 0 ? "ahead of" : "behind"} its time source`,
      proof: [off.at],
    };
  }
  return differing(clocks);
}

/** Readings that stand together in one output were taken together; others say nothing about each other. */
function differing(clocks: readonly Clock[]): ClockFault | undefined {
  const read = clocks.filter((clock) => clock.nowMs !== undefined && clock.host !== undefined).slice(0, 100);
  for (const late of read) {
    const early = read.find(
      (other) =>
        other.at.source === late.at.source &&
        other.host !== late.host &&
        (other.nowMs ?? 0) - (late.nowMs ?? 0) >= noticeableMs,
    );
    if (!early) continue;
    const by = formatDuration(Math.floor(((early.nowMs ?? 0) - (late.nowMs ?? 0)) / 60_000) * 60_000);
    return {
      words: `the clock of ${late.host} is ${by} behind that of ${early.host}`,
      proof: [late.at, early.at],
    };
  }
  return undefined;
}
