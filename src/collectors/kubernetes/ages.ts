// Relative times as kubectl prints them: `9m30s`, `5y2d`, `4 (3m ago)`, `19m (x2 over 20m)`.

const unitSeconds: Readonly<Record<string, number>> = {
  y: 31_536_000,
  w: 604_800,
  d: 86_400,
  h: 3_600,
  m: 60,
  s: 1,
  ms: 0.001,
};
const agePattern = /^(?:\d{1,7}(?:\.\d{1,6})?(?:ms|[ywdhms])){1,6}$/;
const agePart = /(\d+(?:\.\d+)?)(ms|[ywdhms])/g;

export function isAge(text: string): boolean {
  return agePattern.test(text);
}

/** Seconds, or undefined for `<unknown>`, `<invalid>` and anything that is not an age. */
export function parseAge(text: string | undefined): number | undefined {
  if (text === undefined || !isAge(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(agePart)) {
    seconds += Number(amount) * (unitSeconds[unit ?? "s"] ?? 1);
  }
  return Math.round(seconds);
}

export interface Restarts {
  readonly count: number;
  readonly secondsAgo?: number;
}

/** The RESTARTS column. */
export function parseRestarts(text: string | undefined): Restarts | undefined {
  const match = /^(\d{1,9})(?:\s*\(\s*([0-9a-z.]{1,40})(?:\s+ago)?\s*\))?$/.exec(text ?? "");
  if (!match) return undefined;
  const secondsAgo = parseAge(match[2]);
  return { count: Number(match[1]), ...(secondsAgo === undefined ? {} : { secondsAgo }) };
}

export interface Sightings {
  readonly lastSeenSecondsAgo?: number;
  readonly firstSeenSecondsAgo?: number;
  readonly count?: number;
}

/** The LAST SEEN or Age column of events: `4m52s`, `19m (x2 over 20m)`, `5m40s (x2)`, `<unknown>`. */
export function parseSightings(text: string | undefined): Sightings {
  const match = /^(\S{1,40})(?:\s*\(x(\d{1,9})(?:\s+over\s+(\S{1,40}?))?\))?$/.exec((text ?? "").trim());
  if (!match) return {};
  const last = parseAge(match[1]);
  const first = parseAge(match[3]);
  return {
    ...(last === undefined ? {} : { lastSeenSecondsAgo: last }),
    ...(first === undefined ? {} : { firstSeenSecondsAgo: first }),
    ...(match[2] === undefined ? {} : { count: Number(match[2]) }),
  };
}
