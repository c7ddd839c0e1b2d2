// Versions as image tags and programs write them: `v2.48.0`, `3.5.3+ds1`, `2.4.2-amd64`, `latest`, `main-abc123`.

export interface Version {
  readonly major: number;
  readonly minor?: number;
  readonly patch?: number;
  /** `rc.1`, `beta`: earlier than the version itself. */
  readonly prerelease?: string;
}

const pattern =
  /^[vV]?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?:\.\d{1,6})?(?:[-+_~]([0-9A-Za-z.\-+_]{1,100}))?$/;
const isPrerelease = /^(?:(?:rc|alpha|beta|pre|dev|snapshot)(?:[.-]|\d|$)|[ab]\d)/i;

/** Undefined for tags that name no version (`latest`, `main`, a digest). */
export function parseVersion(text: string): Version | undefined {
  const match = pattern.exec(text.trim().replace(/^[a-z][a-z-]*-(?=v?\d+\.\d)/i, ""));
  if (!match) return undefined;
  const [, major = "0", minor, patch, suffix] = match;
  // A commit hash made of digits, or a date, is no version.
  if (minor === undefined && major.length > 3) return undefined;
  return {
    major: Number(major),
    ...(minor === undefined ? {} : { minor: Number(minor) }),
    ...(patch === undefined ? {} : { patch: Number(patch) }),
    ...(suffix !== undefined && isPrerelease.test(suffix) ? { prerelease: suffix } : {}),
  };
}

/** Negative: a is older. Undefined when one of them is no version, or too short to tell (`3` against `3.2`). */
export function compareVersions(a: string, b: string): number | undefined {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) return undefined;
  if (left.major !== right.major) return left.major - right.major;
  for (const part of ["minor", "patch"] as const) {
    const one = left[part];
    const other = right[part];
    if (one === undefined && other === undefined) break;
    if (one === undefined || other === undefined) return undefined;
    if (one !== other) return one - other;
  }
  if (left.prerelease === right.prerelease) return 0;
  if (left.prerelease === undefined) return 1;
  return right.prerelease === undefined ? -1 : left.prerelease < right.prerelease ? -1 : 1;
}

/** Is the version at least `bound`? Undefined when it cannot be told. A tag `3` or `3.2` is judged by what it can become. */
export function isAtLeast(version: string | undefined, bound: string): boolean | undefined {
  if (version === undefined) return undefined;
  const order = compareVersions(version, bound);
  return order === undefined ? shortTagAtLeast(version, bound) : order >= 0;
}

/** `3` is newer than any 2.x, older than any 4.x; within 3.x only a bound of 3.0.0 is certain. */
function shortTagAtLeast(version: string, bound: string): boolean | undefined {
  const left = parseVersion(version);
  const right = parseVersion(bound);
  if (!left || !right) return undefined;
  const isLowest = (right.minor ?? 0) === (left.minor ?? 0) && (right.patch ?? 0) === 0;
  return isLowest && left.prerelease === undefined ? true : undefined;
}

/** Is the version older than `bound`? Undefined when it cannot be told. */
export function isBefore(version: string | undefined, bound: string): boolean | undefined {
  const atLeast = isAtLeast(version, bound);
  return atLeast === undefined ? undefined : !atLeast;
}
