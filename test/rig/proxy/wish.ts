// What the fault proxy is told to do, by a file it reads anew for every request.
export const faultKinds = [
  "forbidden",
  "error",
  "throttled",
  "silent",
  "slow",
  "reset",
  "cut",
  "halved",
  "empty",
] as const;

export type FaultKind = (typeof faultKinds)[number];

export type Wish = {
  readonly kind: FaultKind | "none";
  /** A regular expression; other paths get the real answer. */
  readonly paths: string;
};
