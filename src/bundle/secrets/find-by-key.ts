// Finds `key: value`, `KEY=value`, `"key": "value"` and `--key value` on one line, in config, environment, logs and commands.
import { isObjectName, isPlaceholder, secretKindOf } from "./secret-keys.ts";
import type { SecretKind, SecretSpan } from "./span.ts";

/** A name that may hold a secret contains one of these; everything else is decided afterwards. */
const stem =
  /pass|pwd|secret|token|key|authorization|credential|cookie|community|bearer|psk|webhook|connection|slack_api_url|slackApiUrl|htpasswd|masterauth/gi;
const nameChar = /[A-Za-z0-9_.-]/;
/** No setting has a longer name. */
const longestName = 120;

export interface ValueSpan {
  readonly start: number;
  readonly end: number;
}

export function findByKey(text: string, line: number): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  stem.lastIndex = 0;
  let from = 0;
  for (let match = stem.exec(text); match; match = stem.exec(text)) {
    const start = nameStart(text, match.index, from);
    const end = nameEnd(text, match.index + match[0].length);
    stem.lastIndex = Math.max(end, match.index + 1);
    from = end;
    if (end - start > longestName) continue;
    const name = text.slice(start, end);
    const kind = secretKindOf(name);
    if (!kind) continue;
    const value = valueAfter(text, start, end);
    if (!value) continue;
    const span = secretPart(text, value, kind, name);
    if (!span) continue;
    spans.push({ line, ...span, kind });
    from = Math.max(from, span.end);
    stem.lastIndex = Math.max(stem.lastIndex, span.end);
  }
  return spans;
}

function nameStart(text: string, at: number, from: number): number {
  let start = at;
  while (start > from && nameChar.test(text[start - 1] ?? "") && at - start <= longestName) start--;
  return start;
}

function nameEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && nameChar.test(text[end] ?? "") && end - at <= longestName) end++;
  return end;
}

/** Where the value of the name `[start, end)` stands; undefined when the name has none on this line. */
function valueAfter(text: string, start: number, end: number): ValueSpan | undefined {
  const opening = quoteBefore(text, start);
  const isQuotedName = opening !== "" && text.startsWith(opening, end);
  let at = skipBlanks(text, isQuotedName ? end + opening.length : end);
  const gap = at - end;
  const sign = text[at];
  if (sign === "=" || (sign === ":" && text[at + 1] === "=")) {
    if (/^(?:==|=~|=>\s*$)/.test(text.slice(at, at + 2)) || text[at - 1] === "!") return undefined;
    const spaced = gap > 0 || text[at + 1] === " ";
    at = skipBlanks(text, at + (sign === ":" || text[at + 1] === ">" ? 2 : 1));
    const isLine = spaced && isLineStart(text, start);
    return readValue(text, at, isQuotedName ? "" : opening, isLine ? "line" : "word");
  }
  if (sign === ":") {
    const inFlow = /[{,[(]\s*$/.test(
      text.slice(Math.max(0, start - opening.length - 4), start - opening.length),
    );
    const next = text[at + 1] ?? "";
    const isHeader =
      /^(?:x-[\w-]+|authorization|proxy-authorization|private-token|cookie|set-cookie|api-key)$/i.test(
        text.slice(start, end),
      );
    const isInMap = !/\s/.test(next) && /\bmap\[|&?\w+\{/.test(text.slice(0, start));
    if (
      !isQuotedName &&
      !inFlow &&
      !isHeader &&
      !isInMap &&
      !isLineStart(text, start - (opening === "" ? 0 : opening.length))
    ) {
      return undefined;
    }
    // In YAML a colon without a space is part of a word: `secret:name`, `token:read`.
    if (!isQuotedName && !isHeader && !isInMap && next !== "" && !/[\s"'\\]/.test(next)) return undefined;
    const style = inFlow || isInMap ? "flow" : isHeader && opening !== "" ? "word" : "line";
    return readValue(text, skipBlanks(text, at + 1), isQuotedName ? "" : opening, style);
  }
  const isFlag = gap > 0 && text[start] === "-" && !isQuotedName;
  return isFlag && text[at] !== "-" ? readValue(text, at, "", "word") : undefined;
}

/** The quote in front of a name, with the backslashes that escape it (JSON in a string, YAML in JSON). */
function quoteBefore(text: string, start: number): string {
  const quote = text[start - 1];
  if (quote !== '"' && quote !== "'") return "";
  let from = start - 1;
  while (text[from - 1] === "\\" && start - from < 16) from--;
  return text.slice(from, start);
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}

/** Only signs in front: indentation, list dashes, comments, diff marks, `grep -n`'s file and line number. */
function isLineStart(text: string, start: number): boolean {
  if (start > 400) return false;
  const before = text.slice(0, start);
  return (
    /^[\s>|#;/*+<{,"'!&-]*$/.test(before) || /^[\w./-]{0,200}[:-]?\d{1,6}[:-]\s*(?:[-#]\s*)?$/.test(before)
  );
}

function readValue(
  text: string,
  from: number,
  around: string,
  style: "line" | "word" | "flow",
): ValueSpan | undefined {
  const opening = /^\\*["']/.exec(text.slice(from, from + 16))?.[0];
  if (opening) {
    const end = closingQuote(text, from + opening.length, opening);
    return { start: from + opening.length, end: end < 0 ? text.length : end };
  }
  if (around !== "") {
    const end = closingQuote(text, from, around);
    if (end >= 0) return end > from ? { start: from, end } : undefined;
  }
  const end =
    style === "line" ? lineEnd(text, from) : wordEnd(text, from, style === "flow" ? flowStop : wordStop);
  return end > from ? { start: from, end } : undefined;
}

/** Longer words are cut into pieces: looking for an end that does not come must not be done for every name anew. */
const longestWord = 8_192;
const flowStop = /[,}\]\s]/;
const wordStop = /[\s"'&,;)\]}|<>\\`]/;

function wordEnd(text: string, from: number, stop: RegExp): number {
  const rest = text.slice(from, from + longestWord);
  const found = stop.exec(rest);
  return from + (found ? found.index : rest.length);
}

/** Up to a comment, without a trailing comma. */
function lineEnd(text: string, from: number): number {
  const rest = text.slice(from);
  const comment = /\s[#;](?:\s|$)/.exec(rest);
  const value = (comment ? rest.slice(0, comment.index) : rest).trimEnd();
  return from + (value.endsWith(",") ? value.length - 1 : value.length);
}

function closingQuote(text: string, from: number, quote: string): number {
  if (quote.length > 1) return text.indexOf(quote, from);
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\" && quote === '"') at++;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else return at;
    }
  }
  return -1;
}

/** Narrows a value to what is secret in it; undefined for placeholders and references. */
export function secretPart(
  text: string,
  value: ValueSpan,
  kind: SecretKind,
  name: string,
): ValueSpan | undefined {
  const raw = text.slice(value.start, value.end);
  const fallback = /^\$\{[^}:]{1,100}:?[-=]([^}]+)\}$/.exec(raw)?.[1];
  if (fallback !== undefined) {
    return isPlaceholder(fallback)
      ? undefined
      : { start: value.end - 1 - fallback.length, end: value.end - 1 };
  }
  if (isPlaceholder(raw) || /[{[(]$/.test(raw)) return undefined;
  // Unquoted, it is a list or map of something.
  if (/^[[{]/.test(raw) && !/["']/.test(text[value.start - 1] ?? "")) return undefined;
  const scheme =
    /^(?:bearer|basic|token|apikey|digest|negotiate|splunk|geniekey|key)\s+/i.exec(raw)?.[0] ?? "";
  const secret = raw.slice(scheme.length);
  if (scheme !== "" && isPlaceholder(secret)) return undefined;
  if (kind === "webhook") return webhookPart(value, raw);
  if (kind === "password" && /community$/i.test(name) && /^(?:public|private)$/.test(raw)) return undefined;
  // A number of retries or tokens is none; one of six digits and more may be a PIN.
  if (kind !== "password" && /^\d{1,5}$/.test(secret)) return undefined;
  if (/^pass$/i.test(name) && /^\d+$/.test(secret)) return undefined;
  if (/(?:secret|key|token)$/i.test(name) && !/^[A-Z0-9_]+$/.test(name) && isObjectName(secret))
    return undefined;
  if (kind !== "password" && isSentence(secret)) return undefined;
  return { start: value.start + scheme.length, end: value.end };
}

/** "token: unexpected end of input" is a message about a token. */
function isSentence(value: string): boolean {
  const words = value.split(/\s+/);
  return (
    words.length >= 3 &&
    words.filter((word) => /^[A-Za-z][a-z']*[,.:;]?$/.test(word)).length * 2 > words.length
  );
}

/** The host of a webhook is needed to diagnose it; what follows gives access. */
function webhookPart(value: ValueSpan, raw: string): ValueSpan | undefined {
  const origin = /^https?:\/\/[^/?#\s]+\/?/i.exec(raw)?.[0];
  if (origin === undefined || origin.length >= raw.length) return undefined;
  return { start: value.start + origin.length, end: value.end };
}
