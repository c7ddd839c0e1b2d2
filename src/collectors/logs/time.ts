// Time stamps as logs write them, to milliseconds since 1970. Only full ones: a stamp without a year gives nothing.

const iso =
  /^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?$/i;

/** ISO 8601 and its relatives. A stamp without zone is taken as UTC: containers run in UTC. */
export function parseTime(text: string): number | undefined {
  const match = iso.exec(text);
  if (!match) return parseEpoch(text);
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const wall = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    fraction ? Math.floor(Number(`0.${fraction}`) * 1000) : 0,
  );
  const ms = wall - offsetMs(zone);
  return Number.isFinite(ms) ? ms : undefined;
}

function offsetMs(zone: string | undefined): number {
  const match = zone === undefined ? null : /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === "-" ? -minutes : minutes) * 60_000;
}

/** Seconds with or without fraction (zap), milliseconds (pino), nanoseconds (Loki): told apart by size, years 2001 to 2100. */
function parseEpoch(text: string): number | undefined {
  if (
    !/^\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?(?:e\+?\d\d?)?$/i.test(text) &&
    !/^1\.\d{1,18}e\+?(?:09|9)$/i.test(text)
  )
    return undefined;
  const value = Number(text);
  for (const [from, perMs] of [
    [1e18, 1e-6],
    [1e15, 1e-3],
    [1e12, 1],
    [1e9, 1e3],
  ] as const) {
    if (value >= from) return value < from * 4.2 ? Math.floor(value * perMs) : undefined;
  }
  return undefined;
}
