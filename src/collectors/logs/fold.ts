// When two lines are the same message: equal but for time stamps, durations, counters and identifiers.

const base = 0x811c9dc5;
const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const isLetter = (byte: number): boolean => (byte | 32) >= 97 && (byte | 32) <= 122;

/** An identifier: a trace id, a ULID, a digest. Names of pods and hosts are shorter between their dashes. */
const idLength = 16;
const idDigits = 4;

/**
 * A number that is equal for lines that are the same message. Kept apart: addresses with their ports (a dial error per
 * target), HTTP statuses of errors, numbers in names (`prometheus-0`, `node01`), and numbers that some pattern spells out.
 */
export function foldKey(
  bytes: Uint8Array,
  start: number,
  end: number,
  digits: ReadonlySet<string>,
  seed: number,
): number {
  let a = (base ^ seed) >>> 0;
  let b = (seed * 0x9e3779b1) >>> 0;
  const mix = (byte: number): void => {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul((b ^ byte) + 0x7f4a7c15, 0x85ebca6b);
    b ^= b >>> 15;
  };
  let at = start;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (!isDigit(byte) && !isLetter(byte)) {
      mix(byte);
      at += 1;
      continue;
    }
    const address = isDigit(byte) ? addressEnd(bytes, at, end) : 0;
    if (address > 0) {
      while (at < address) mix(bytes[at++] ?? 0);
      continue;
    }
    at = mixToken(bytes, at, end, start, digits, mix);
  }
  return (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff);
}

/** One run of letters and digits. */
function mixToken(
  bytes: Uint8Array,
  from: number,
  end: number,
  lineStart: number,
  digits: ReadonlySet<string>,
  mix: (byte: number) => void,
): number {
  let to = from;
  let count = 0;
  while (to < end && (isDigit(bytes[to] ?? 0) || isLetter(bytes[to] ?? 0))) {
    if (isDigit(bytes[to] ?? 0)) count += 1;
    to += 1;
  }
  if (count === 0) {
    for (let i = from; i < to; i += 1) mix(bytes[i] ?? 0);
    return to;
  }
  if (to - from >= idLength && count >= idDigits) {
    mix(35);
    return to;
  }
  const inName = isLetter(bytes[from] ?? 0) || followsName(bytes, from, lineStart, to - from);
  for (let i = from; i < to; ) {
    if (!isDigit(bytes[i] ?? 0)) {
      mix(bytes[i++] ?? 0);
      continue;
    }
    let j = i;
    while (j < to && isDigit(bytes[j] ?? 0)) j += 1;
    if (inName || isKept(bytes, i, j, from, to, digits)) for (let k = i; k < j; k += 1) mix(bytes[k] ?? 0);
    else mix(48);
    i = j;
  }
  return to;
}

/** `loki-1`, `grafana_1`: a small number behind a letter and a dash. */
function followsName(bytes: Uint8Array, at: number, lineStart: number, length: number): boolean {
  if (length > 3 || at - 2 < lineStart) return false;
  const dash = bytes[at - 1];
  return (dash === 45 || dash === 95) && isLetter(bytes[at - 2] ?? 0);
}

function isKept(
  bytes: Uint8Array,
  from: number,
  to: number,
  tokenFrom: number,
  tokenTo: number,
  digits: ReadonlySet<string>,
): boolean {
  const length = to - from;
  if (length > 6) return false;
  let text = "";
  for (let i = from; i < to; i += 1) text += String.fromCharCode(bytes[i] ?? 0);
  if (digits.has(text)) return true;
  const alone = from === tokenFrom && to === tokenTo && bytes[from - 1] !== 46 && bytes[to] !== 46;
  return alone && length === 3 && (text.startsWith("4") || text.startsWith("5"));
}

/** End of `10.0.0.1` or `10.0.0.1:9100`, 0 when none begins here. Ports clients get by chance are left out. */
function addressEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (let part = 0; part < 4; part += 1) {
    const from = at;
    while (at < end && at - from < 4 && isDigit(bytes[at] ?? 0)) at += 1;
    if (at === from || at - from > 3) return 0;
    if (part < 3 && bytes[at++] !== 46) return 0;
  }
  if (isLetter(bytes[at] ?? 0)) return 0;
  if (bytes[at] !== 58) return at;
  let port = 0;
  let to = at + 1;
  while (to < end && to - at < 7 && isDigit(bytes[to] ?? 0)) port = port * 10 + (bytes[to++] ?? 48) - 48;
  return port > 0 && port < 32_768 ? to : at;
}
