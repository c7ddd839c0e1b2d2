// How far a host's clock is from ours, as narrowly as a round trip tells it.
import type { CollectedItem } from "../../model/collected.ts";
import type { ClockReading } from "./batch.ts";

/** The narrowest window counts. Nothing is said when it is wider than any difference that would matter. */
export function* clockItem(
  host: string,
  how: string,
  readings: readonly ClockReading[],
): Generator<CollectedItem> {
  const [best] = [...readings].sort((a, b) => a.afterMs - a.beforeMs - (b.afterMs - b.beforeMs));
  if (best === undefined) return;
  const offset = (best.hostMs - (best.beforeMs + best.afterMs) / 2) / 1000;
  const doubt = (best.afterMs - best.beforeMs) / 2000;
  const sign = offset < 0 ? "-" : "+";
  yield {
    locator: `${host}: clock against ours`,
    how,
    host,
    body: Buffer.from(
      `clock offset ${sign}${Math.abs(offset).toFixed(3)} s against the machine watchmend runs on, give or take ${doubt.toFixed(3)} s\n`,
    ),
  };
}
