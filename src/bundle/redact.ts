// Takes secrets out of evidence before it is written or shown, and says what was taken.
//
// Tokens are numbered in the order in which secrets are first met: the same evidence gives the same tokens, equal
// secrets stay visibly equal, and, unlike any hash, a number tells nothing about a weak password that could be guessed.
// Round brackets keep YAML, JSON, URLs and markdown what they were; square ones would make a YAML list.
import { createHash } from "node:crypto";
import type { Place } from "../model/place.ts";
import { findSecrets, valuesOf } from "./secrets/find-secrets.ts";
import { KnownValues } from "./secrets/known-values.ts";
import { isParticular, isPlaceholder } from "./secrets/secret-keys.ts";
import type { SecretKind, SecretSpan } from "./secrets/span.ts";

export interface Removal extends Place {
  readonly line: number;
  readonly kind: SecretKind | "known-value";
  readonly token: string;
}

export interface Redacted {
  readonly text: string;
  readonly removed: readonly Removal[];
}

export interface Redactor {
  /** Remembers the secrets of a text. Learn all texts before the first one is redacted, in a fixed order. */
  learn(text: string): void;
  /** The text with the same lines, without its own secrets and without those that were learned elsewhere. */
  redact(text: string, source: string, firstLine?: number): Redacted;
}

/** Longer values are whole files; their lines are learned instead. */
const longestValue = 8_192;
/** Texts from here on are searched once: a live run learns, redacts and saves the same lists of objects. */
const rememberedChars = 4_096;
const ownToken = /\(redacted:(\d{1,9})\)/g;

export function createRedactor(): Redactor {
  const tokens = new Map<string, string>();
  const learned = new Map<string, readonly SecretSpan[]>();
  const known = new KnownValues();
  let last = 0;

  const tokenOf = (value: string): string => {
    const token = tokens.get(value) ?? `(redacted:${++last})`;
    tokens.set(value, token);
    return token;
  };

  const remember = (value: string, depth = 0): string => {
    const token = tokenOf(value);
    if (value.length > longestValue || depth > 2) return token;
    if (isParticular(value)) for (const form of formsOf(value)) known.add(form, token);
    const decoded = decodeBase64(value);
    if (decoded === undefined) return token;
    if (decoded.includes("\n") || decoded.length > longestValue) {
      for (const inner of valuesOf(decoded)) if (!isPlaceholder(inner)) remember(inner, depth + 1);
    } else if (isParticular(decoded) && !isPlaceholder(decoded)) {
      tokens.set(decoded, tokens.get(decoded) ?? token);
      for (const form of formsOf(decoded)) known.add(form, token);
    }
    return token;
  };

  /** Tokens of a bundle that was redacted before keep their numbers; new ones go on behind them. */
  const skipOwnTokens = (text: string): void => {
    if (!text.includes("(redacted:")) return;
    for (const match of text.matchAll(ownToken)) last = Math.max(last, Number(match[1]));
  };

  const learn = (text: string): readonly SecretSpan[] => {
    const id = text.length < rememberedChars ? undefined : createHash("sha256").update(text).digest("base64");
    const before = id === undefined ? undefined : learned.get(id);
    if (before) return before;
    skipOwnTokens(text);
    const lines = text.split("\n");
    const found = findSecrets(lines);
    for (const span of found.spans) {
      const value = (lines[span.line] ?? "").slice(span.start, span.end);
      const token = remember(span.value ?? value);
      if (span.value === undefined) continue;
      tokens.set(value, token);
      if (isParticular(value)) known.add(value, token);
    }
    for (const value of found.values) if (!isPlaceholder(value)) remember(value);
    if (id !== undefined) learned.set(id, found.spans);
    return found.spans;
  };

  return {
    learn: (text) => void learn(text),
    redact(text, source, firstLine = 1) {
      const spans = learn(text);
      const lines = text.split("\n");
      const removed: Removal[] = [];
      let next = 0;
      const out = lines.map((line, i) => {
        const cuts: Cut[] = known.find(line).map((hit) => ({ ...hit, kind: "known-value" }));
        for (; spans[next]?.line === i; next++) {
          const span = spans[next];
          if (!span) break;
          const value = span.value ?? line.slice(span.start, span.end);
          cuts.push({ start: span.start, end: span.end, kind: span.kind, token: tokenOf(value) });
        }
        return cuts.length === 0
          ? line
          : cutOut(line, cuts, (cut) => {
              removed.push({ source, line: firstLine + i, kind: cut.kind, token: cut.token });
            });
      });
      return { text: out.join("\n"), removed };
    },
  };
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly kind: Removal["kind"];
  readonly token: string;
}

/** Where cuts overlap, everything they cover goes; the one that starts first, and among those the longest, names it. */
function cutOut(line: string, cuts: readonly Cut[], tell: (cut: Cut) => void): string {
  let out = "";
  let at = 0;
  for (const cut of cuts.toSorted((a, b) => a.start - b.start || b.end - a.end || rank(a) - rank(b))) {
    if (cut.end <= at) continue;
    if (cut.start >= at) {
      out += line.slice(at, cut.start) + cut.token;
      tell(cut);
    }
    at = cut.end;
  }
  return out + line.slice(at);
}

function rank(cut: Cut): number {
  return cut.kind === "known-value" ? 1 : 0;
}

/** The same value as JSON, URLs, YAML and base64 write it. */
function formsOf(value: string): readonly string[] {
  const forms = new Set([value, JSON.stringify(value).slice(1, -1), value.replaceAll("'", "''")]);
  if (isWellFormed(value)) forms.add(encodeURIComponent(value));
  const encoded = Buffer.from(value).toString("base64");
  if (value.length >= 8) forms.add(encoded).add(encoded.replace(/=+$/, ""));
  return [...forms];
}

function isWellFormed(value: string): boolean {
  return !/[\ud800-\udfff]/.test(value);
}

/** Text that a Secret holds in base64, when it is text. */
function decodeBase64(value: string): string | undefined {
  if (
    value.length < 8 ||
    value.length > longestValue ||
    !/^[A-Za-z0-9+/]+={0,2}$/.test(value) ||
    value.length % 4 !== 0
  )
    return undefined;
  const decoded = Buffer.from(value, "base64").toString("utf8");
  return /^[\x20-\x7e\s]{6,}$/.test(decoded) ? decoded.trim() : undefined;
}
