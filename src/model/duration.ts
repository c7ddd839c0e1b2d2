// Durations as Prometheus (`1h30m`, `2w`) and Go (`168h0m0s`, `1.5h`) write them, in milliseconds.

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Undefined for anything that is no duration. A bare `0` is one; other bare numbers are not. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  if (trimmed.length > 60 || !/^[-+]?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|[smhdwy]))+$/.test(trimmed))
    return undefined;
  let total = 0;
  for (const [, amount = "0", unit = "s"] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|[smhdwy])/g)) {
    total += Number(amount) * (units[unit] ?? 0);
  }
  return trimmed.startsWith("-") ? -total : total;
}

/** Of a text that a schema has accepted as a duration. */
export function secondsOf(duration: string): number {
  const milliseconds = parseDuration(duration);
  if (milliseconds === undefined) throw new Error(`${duration} is no duration`);
  return milliseconds / 1_000;
}

/** For people: `1h30m`, `15s`, `250ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (milliseconds < 1_000) return `${Math.round(milliseconds)}ms`;
  let rest = Math.round(milliseconds / 1_000);
  let text = "";
  for (const [unit, seconds] of [
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}
