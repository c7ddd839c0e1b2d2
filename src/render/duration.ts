// Durations such as `15d` or `1h30m`, as the model carries them.

const units: Readonly<Record<string, number>> = {
  y: 31_536_000,
  w: 604_800,
  d: 86_400,
  h: 3600,
  m: 60,
  s: 1,
  ms: 0.001,
};

export function secondsOf(duration: string): number {
  return [...duration.matchAll(/(\d{1,9})(ms|[ywdhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0),
    0,
  );
}
