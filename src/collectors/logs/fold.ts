// When two lines are the same message: equal but for time stamps, durations, counters and identifiers.

/** A trace id, a ULID, a digest. Names of pods and hosts are shorter between their dashes. */
const idLength = 16;
const idDigits = 4;
/** Longer numbers are counters and times, whatever a pattern says. */
const longestKept = 6;
/** Ports from here on are the ones clients get by chance. */
const firstChancePort = 32_768;

const zero = 48;
const primeA = 0x01000193;
const primeB = 0x85ebca6b | 0;

/** What a byte is part of. */
const other = 0;
const letter = 1;
const digit = 2;
const kindOf = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 48 && byte <= 57) return digit;
  return (byte | 32) >= 97 && (byte | 32) <= 122 ? letter : other;
});

/** Numbers that patterns spell out, with what stands around them: 0 for anything. */
export interface SpelledDigits {
  readonly runs: ReadonlySet<number>;
  readonly inContext: ReadonlySet<number>;
}

/** Collects the numbers of all patterns. Where a pattern begins, ends or has a hole, anything may stand. */
export function spelledDigits(patterns: readonly string[]): SpelledDigits {
  const runs = new Set<number>();
  const inContext = new Set<number>();
  for (const pattern of patterns) {
    const plain = pattern.replace(/\{[a-zA-Z][a-zA-Z0-9]*[*#]?\}|…/g, "\0").replace(/\s+/g, " ");
    for (const match of plain.matchAll(/\d{1,6}/g)) {
      const run = runOf(Number(match[0]), match[0].length);
      const before = plain.charCodeAt(match.index - 1) || 0;
      const after = plain.charCodeAt(match.index + match[0].length) || 0;
      runs.add(run);
      inContext.add(contextOf(run, plainByte(before), plainByte(after)));
    }
  }
  return { runs, inContext };
}

function runOf(value: number, length: number): number {
  return value * 8 + length;
}

function contextOf(run: number, before: number, after: number): number {
  return (run * 256 + before) * 256 + after;
}

/** Quotes may be escaped, white space varies, and bytes beyond ASCII are parts of characters. */
function plainByte(code: number): number {
  if (code === 92) return 34;
  if (code >= 9 && code <= 13) return 32;
  if (code >= 65 && code <= 90) return code | 32;
  return code > 127 ? 0 : code;
}

/**
 * A number that is equal for lines that are the same message. Kept apart: addresses with their ports (a dial error per
 * target), HTTP statuses of errors, numbers in names (`prometheus-0`, `node01`), and numbers that some pattern spells out.
 * Two hashes in local variables: this runs for every line that is read, and calls would cost more than the arithmetic.
 */
export function foldKey(
  bytes: Uint8Array,
  start: number,
  end: number,
  digits: SpelledDigits,
  seed: number,
): number {
  let a = (0x811c9dc5 ^ seed) | 0;
  let b = Math.imul(seed + 1, 0x9e3779b1);
  let at = start;
  while (at < end) {
    const from = at;
    const first = kindOf[bytes[at] as number];
    let until = at + 1;
    if (first !== other) {
      const stamp = first === digit ? stampEnd(bytes, at, end) : 0;
      if (stamp > 0) {
        a = Math.imul(a ^ zero, primeA);
        at = stamp;
        continue;
      }
      const address = first === digit ? addressEnd(bytes, at, end) : 0;
      let count = 0;
      if (address > 0) until = address;
      else {
        if (first === digit) count = 1;
        for (; until < end; until += 1) {
          const kind = kindOf[bytes[until] as number];
          if (kind === other) break;
          if (kind === digit) count += 1;
        }
      }
      if (count >= idDigits && until - from >= idLength) {
        a = Math.imul(a ^ 35, primeA);
        at = until;
        continue;
      }
      if (count > 0 && first === digit && !followsName(bytes, from, start, until - from)) {
        for (; at < until; ) {
          const byte = bytes[at] as number;
          if (kindOf[byte] !== digit) {
            a = Math.imul(a ^ byte, primeA);
            b = Math.imul(b ^ (b >>> 15) ^ byte, primeB);
            at += 1;
            continue;
          }
          let to = at + 1;
          while (to < until && kindOf[bytes[to] as number] === digit) to += 1;
          if (!isKept(bytes, at, to, from, until, digits)) {
            a = Math.imul(a ^ zero, primeA);
            at = to;
          }
          for (; at < to; at += 1) {
            a = Math.imul(a ^ (bytes[at] as number), primeA);
            b = Math.imul(b ^ (b >>> 15) ^ (bytes[at] as number), primeB);
          }
        }
        continue;
      }
    }
    for (; at < until; at += 1) {
      const byte = bytes[at] as number;
      a = Math.imul(a ^ byte, primeA);
      b = Math.imul(b ^ (b >>> 15) ^ byte, primeB);
    }
  }
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

function isDigit(byte: number): boolean {
  return kindOf[byte] === digit;
}

function isLetter(byte: number): boolean {
  return kindOf[byte] === letter;
}

/** `loki-1`, `grafana_1`: a small number behind a letter and a dash. */
function followsName(bytes: Uint8Array, at: number, lineStart: number, length: number): boolean {
  if (length > 3 || at - 2 < lineStart) return false;
  const dash = bytes[at - 1];
  return (dash === 45 || dash === 95) && isLetter(bytes[at - 2] as number);
}

function isKept(
  bytes: Uint8Array,
  from: number,
  to: number,
  tokenFrom: number,
  tokenTo: number,
  digits: SpelledDigits,
): boolean {
  const length = to - from;
  if (length > longestKept) return false;
  let value = 0;
  for (let i = from; i < to; i += 1) value = value * 10 + (bytes[i] as number) - zero;
  if (digits.runs.has(runOf(value, length)) && isSpelled(bytes, from, to, runOf(value, length), digits))
    return true;
  const alone = from === tokenFrom && to === tokenTo && bytes[from - 1] !== 46 && bytes[to] !== 46;
  return alone && length === 3 && value >= 400 && value < 600 && isStatus(bytes, from);
}

/** `status=500`, `"code":503`, `status code 404`, `HTTP 502`, `(503)`. */
function isStatus(bytes: Uint8Array, at: number): boolean {
  if (bytes[at - 1] === 40) return true;
  let before = "";
  for (let i = Math.max(0, at - 10); i < at; i += 1) before += String.fromCharCode(bytes[i] as number);
  return /(?:status|code|http|https)\W{1,4}$/i.test(before);
}

function isSpelled(
  bytes: Uint8Array,
  from: number,
  to: number,
  run: number,
  { inContext }: SpelledDigits,
): boolean {
  const before = plainByte(bytes[from - 1] ?? 0);
  const after = plainByte(bytes[to] ?? 0);
  return (
    inContext.has(contextOf(run, before, after)) ||
    inContext.has(contextOf(run, 0, after)) ||
    inContext.has(contextOf(run, before, 0)) ||
    inContext.has(contextOf(run, 0, 0))
  );
}

/** End of `2025-01-02T03:04:05.678Z`, `2025/01/02` or `03:04:05.678`; 0 when no time stamp begins here. */
function stampEnd(bytes: Uint8Array, start: number, end: number): number {
  // Most numbers are no stamps: a look at the third or fifth byte tells.
  const third = bytes[start + 2];
  const fifth = bytes[start + 4];
  if (third !== 58 && fifth !== 45 && fifth !== 47) return 0;
  const date = shapeEnd(bytes, start, end, "dddd-dd-dd") || shapeEnd(bytes, start, end, "dddd/dd/dd");
  const between = bytes[date];
  const clockStart = date === 0 ? start : between === 84 || between === 32 ? date + 1 : end;
  const clock = shapeEnd(bytes, clockStart, end, "dd:dd:dd");
  if (clock === 0) return date;
  let at = clock;
  if (bytes[at] === 46 || bytes[at] === 44) {
    at += 1;
    while (at < end && isDigit(bytes[at] as number)) at += 1;
  }
  return (
    shapeEnd(bytes, at, end, "+dd:dd") ||
    shapeEnd(bytes, at, end, "-dd:dd") ||
    shapeEnd(bytes, at, end, "+dddd") ||
    at
  );
}

/** `d` stands for a digit. */
function shapeEnd(bytes: Uint8Array, start: number, end: number, shape: string): number {
  if (start + shape.length > end) return 0;
  for (let i = 0; i < shape.length; i += 1) {
    const wanted = shape.charCodeAt(i);
    const byte = bytes[start + i] as number;
    if (wanted === 100 ? !isDigit(byte) : byte !== wanted) return 0;
  }
  return start + shape.length;
}

/** End of `10.0.0.1` or `10.0.0.1:9100`, 0 when none begins here. */
function addressEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let part = 0; part < 4; part += 1) {
    const from = at;
    while (at < end && isDigit(bytes[at] as number)) at += 1;
    if (at === from || at - from > 3) return 0;
    if (part === 3) break;
    if (at >= end || bytes[at] !== 46) return 0;
    at += 1;
  }
  if (at >= end || bytes[at] !== 58) return at < end && isLetter(bytes[at] as number) ? 0 : at;
  let port = 0;
  let to = at + 1;
  while (to < end && to - at < 7 && isDigit(bytes[to] as number))
    port = port * 10 + (bytes[to++] as number) - zero;
  return port > 0 && port < firstChancePort ? to : at;
}
