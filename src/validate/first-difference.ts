// Where a running configuration differs from its file: everything the file says must hold; defaults that were added do not count.

export interface Difference {
  readonly pointer: string;
  readonly says: string;
}

/** What programs print in place of a secret. */
const hidden = /^(?:<secret>|\*+|\(redacted(?::\d+)?\)|xxxxx)$/i;

/** The first place, in the order of the file, at which `running` does not say what `file` says. */
export function firstDifference(file: unknown, running: unknown, pointer = ""): Difference | undefined {
  if (isHidden(file) || isHidden(running)) return undefined;
  if (Array.isArray(file)) return inList(file, running, pointer);
  if (isMapping(file)) return inMapping(file, running, pointer);
  if (sameScalar(file, running)) return undefined;
  return {
    pointer,
    says: `${readable(pointer)} is ${show(file)} on disk and ${show(running)} in the process`,
  };
}

function inList(file: readonly unknown[], running: unknown, pointer: string): Difference | undefined {
  const other = Array.isArray(running) ? running : [];
  if (file.length !== other.length) {
    const lacks = file.length > other.length ? "fewer" : "more";
    return {
      pointer,
      says: `${readable(pointer)} has ${file.length} entries on disk; the process has ${lacks}, ${other.length}`,
    };
  }
  for (const [i, item] of file.entries()) {
    const found = firstDifference(item, other[i], `${pointer}/${i}`);
    if (found) return found;
  }
  return undefined;
}

function inMapping(
  file: Readonly<Record<string, unknown>>,
  running: unknown,
  pointer: string,
): Difference | undefined {
  const other = isMapping(running) ? running : {};
  for (const [key, value] of Object.entries(file)) {
    // an empty or default value may be left out when the process prints what it runs
    if (other[key] === undefined && isDefault(value)) continue;
    const found = firstDifference(
      value,
      other[key],
      `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    );
    if (found) return found;
  }
  return undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDefault(value: unknown): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  return Array.isArray(value)
    ? value.length === 0
    : isMapping(value) && Object.values(value).every(isDefault);
}

function isHidden(value: unknown): boolean {
  return typeof value === "string" && hidden.test(value);
}

/** `60s` and `1m`, `"9095"` and 9095, `0.0.0.0` and `0.0.0.0:` are what they mean, not how they are written. */
function sameScalar(a: unknown, b: unknown): boolean {
  if (a === b || String(a) === String(b) || isSamePath(a, b)) return true;
  const [left, right] = [durationMs(a), durationMs(b)];
  return left !== undefined && left === right;
}

/** Prometheus prints paths joined to the folder of its configuration (config.SetDirectory): `rules/*.yml`, `/etc/prometheus/rules/*.yml`. */
function isSamePath(written: unknown, printed: unknown): boolean {
  if (typeof written !== "string" || typeof printed !== "string") return false;
  const isPath = /^(?!\/)[\w.*?[\]{}/-]*[./][\w.*?[\]{}/-]*$/.test(written) && printed.startsWith("/");
  return isPath && printed.endsWith(`/${written.replace(/^(?:\.\/)+/, "")}`);
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

function durationMs(value: unknown): number | undefined {
  if (typeof value !== "string" || value.length > 40 || !/^(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+$/.test(value))
    return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwy])/g))
    total += Number(amount) * (unitMs[unit ?? ""] ?? 0);
  return total;
}

function readable(pointer: string): string {
  return pointer === "" ? "it" : pointer.slice(1).replaceAll("/", ".");
}

function show(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value).slice(0, 80);
}
