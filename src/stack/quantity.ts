// Sizes as Kubernetes, Prometheus and Docker write them.

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  // Prometheus' units are powers of two whatever their spelling (github.com/alecthomas/units Base2Bytes).
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
  tb: 1024 ** 4,
  pb: 1024 ** 5,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
  ti: 1024 ** 4,
  pi: 1024 ** 5,
  k: 1000,
  m: 1000 ** 2,
  g: 1000 ** 3,
  t: 1000 ** 4,
};

/** Bytes of `10Gi`, `4GB`, `512m`; undefined when it is not a size. */
export function parseBytes(text: string): number | undefined {
  const match = text.trim().match(/^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/);
  const unit = units[(match?.[2] ?? "").toLowerCase()];
  return match?.[1] === undefined || unit === undefined ? undefined : Number(match[1]) * unit;
}
