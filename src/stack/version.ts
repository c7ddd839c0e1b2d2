// Comparing versions as images, logs and people write them.

/** Numbers of `v2.48.0`, `3.5`, `2.4.2-amd64`; undefined for `latest` and the like. */
export function versionNumbers(version: string): readonly [number, number, number] | undefined {
  const match = version.match(/^v?(\d+)\.(\d+)(?:\.(\d+))?/);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Is `version` this one or later? False when it cannot be read. */
export function isAtLeast(version: string, floor: string): boolean {
  const [a, b] = [versionNumbers(version), versionNumbers(floor)];
  if (!a || !b) return false;
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
