// Finds secrets that only the lines around them give away: private keys, Kubernetes Secrets, Grafana's secure settings,
// name/value pairs, values that stand below their key.
import { isPlaceholder, secretKindOf } from "./secret-keys.ts";
import type { SecretKind, SecretSpan } from "./span.ts";

/** A private key has some 50 lines; more belong to something else. */
const longestKey = 400;
/** Values of a Secret may be whole files. */
const longestBlock = 20_000;

interface KeyLine {
  /** Column of the key itself, behind list dashes. */
  readonly column: number;
  readonly key: string;
  /** Where the value stands on this line; start = end when there is none. */
  readonly start: number;
  readonly end: number;
  /** A list item starts here. */
  readonly isItem: boolean;
}

const keyShape = /^(\s*(?:- +)*)(["']?)([A-Za-z0-9_.$/@-]{1,250})\2\s*:(?:\s+|$)/;

export function findByContext(lines: readonly string[]): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const [i, line] of lines.entries()) {
    if (line.includes("-----BEGIN")) privateKey(lines, i, spans);
    if (line.length > 4_000 || !mayMatter(keyShape.exec(line)?.[3])) continue;
    const at = keyLine(line);
    if (!at) continue;
    if (isSecureMap(at.key)) mapValues(lines, i, at, "credentials", spans);
    else if (at.key === "kind" && /^["']?Secret["']?,?$/.test(line.slice(at.start).trim())) {
      secretObject(lines, i, at, spans);
    } else if (isPairName(at.key)) pairedValue(lines, i, at, line, spans);
    const kind = secretKindOf(at.key);
    if (kind && kind !== "webhook") valueBelow(lines, i, at, kind, spans);
  }
  return spans;
}

/** Few keys do: where the value of the others ends need not be known. */
function mayMatter(key: string | undefined): boolean {
  if (key === undefined) return false;
  return key === "kind" || isPairName(key) || isSecureMap(key) || secretKindOf(key) !== undefined;
}

function isPairName(key: string): boolean {
  return /^(?:name|key|header)$/i.test(key);
}

function keyLine(line: string): KeyLine | undefined {
  const match = keyShape.exec(line);
  if (!match) return undefined;
  const [all, indent = "", , key = ""] = match;
  const { start, end } = trimmedValue(line, all.length);
  return { column: indent.length, key, start, end, isItem: indent.includes("-") };
}

/** Without quotes, trailing comma and comment. */
function trimmedValue(line: string, from: number): { start: number; end: number } {
  const rest = line.slice(from);
  const quote = rest[0];
  if (quote === '"' || quote === "'") {
    const end = rest.lastIndexOf(quote);
    return { start: from + 1, end: end > 0 ? from + end : line.length };
  }
  const comment = rest.search(/\s#/);
  const value = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
  const end = comment < 0 && value.endsWith(",") ? value.length - 1 : value.length;
  return { start: from, end: from + end };
}

function isSecureMap(key: string): boolean {
  return /^(?:stringData|secureJsonData|secure_json_data|secureSettings|secure_settings|envRenderSecret|basic_auth_users)$/.test(
    key,
  );
}

/** The whole block between BEGIN and END is one secret. */
function privateKey(lines: readonly string[], at: number, spans: SecretSpan[]): void {
  const line = lines[at] ?? "";
  const begin = /-----BEGIN (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----/.exec(line);
  if (!begin) return;
  const start = begin.index + begin[0].length;
  const end = line.indexOf("-----END", start);
  if (end >= 0 || line.length - start > 20) {
    const to = end >= 0 ? end : line.length;
    if (to > start) spans.push({ line: at, start, end: to, kind: "private-key" });
    return;
  }
  const body: { line: number; start: number; end: number }[] = [];
  for (let i = at + 1; i < lines.length && i - at < longestKey; i++) {
    const text = lines[i] ?? "";
    if (text.includes("-----")) break;
    if (
      !/^[\s>|"'+#-]*[A-Za-z0-9+/=:, .()-]*(?:\\n)?["',\s]*$/.test(text) ||
      /^\s*[\w-]+:\s+(?!4,|[A-Z0-9-]+,)/.test(text)
    )
      break;
    const from = text.length - text.trimStart().length;
    if (text.trim() !== "") body.push({ line: i, start: from, end: text.trimEnd().length });
  }
  const value = body.map((part) => (lines[part.line] ?? "").slice(part.start, part.end)).join("\n");
  for (const part of body) spans.push({ ...part, kind: "private-key", value });
}

/** `data:` and `stringData:` of the object whose `kind: Secret` stands on this line, also when they stand above it. */
function secretObject(lines: readonly string[], at: number, own: KeyLine, spans: SecretSpan[]): void {
  let top = at;
  if (!own.isItem) {
    for (let i = at - 1; i >= 0 && at - i < longestBlock; i--) {
      const line = lines[i] ?? "";
      if (line.trim() === "") continue;
      const key = keyLine(line);
      const column = key?.column ?? indentOf(line);
      if (column < own.column || /^---/.test(line) || (/^\s*[{[]/.test(line) && column < own.column)) break;
      if (key && key.column === own.column && key.key === "kind") break;
      top = i;
      if (key && key.column === own.column && key.isItem) break;
    }
  }
  for (let i = top; i < lines.length && i - at < longestBlock; i++) {
    const line = lines[i] ?? "";
    if (line.trim() === "") continue;
    const key = keyLine(line);
    const column = key?.column ?? indentOf(line);
    if (i > at && (column < own.column || /^---/.test(line) || (key?.isItem && key.column === own.column)))
      break;
    // Two kinds in one object are two objects whose separator was lost.
    if (i > at && key && key.column === own.column && key.key === "kind") break;
    if (key && key.column === own.column && key.key === "data")
      mapValues(lines, i, key, "kubernetes-secret", spans);
  }
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Every scalar deeper than the key on line `at`. */
function mapValues(
  lines: readonly string[],
  at: number,
  own: KeyLine,
  kind: SecretKind,
  spans: SecretSpan[],
): void {
  for (let i = at + 1; i < lines.length && i - at < longestBlock; i++) {
    const line = lines[i] ?? "";
    if (line.trim() === "") continue;
    if (indentOf(line) <= own.column && !(indentOf(line) === own.column && /^\s*- /.test(line))) return;
    const key = keyLine(line);
    const range = key ?? trimmedValue(line, indentOf(line));
    const value = line.slice(range.start, range.end).trim();
    if (value === "" || isPlaceholder(value) || /^[{}[\],]+$/.test(value)) continue;
    spans.push({ line: i, start: range.start, end: range.end, kind });
  }
}

/** `- name: GF_SECURITY_ADMIN_PASSWORD` with `value: …` on one of the next lines (or the one before). */
function pairedValue(
  lines: readonly string[],
  at: number,
  own: KeyLine,
  line: string,
  spans: SecretSpan[],
): void {
  const name = line.slice(own.start, own.end);
  const kind = secretKindOf(name);
  if (!kind) return;
  for (const i of [at + 1, at + 2, at + 3, at - 1]) {
    const text = lines[i] ?? "";
    const key = text.length > 100_000 ? undefined : keyLine(text);
    if (!key || key.column !== own.column) {
      if (i > at && key && key.column < own.column) return;
      continue;
    }
    if (i > at && key.isItem) return;
    if (!/^(?:value|values|Value)$/.test(key.key)) continue;
    const value = text.slice(key.start, key.end);
    if (isPlaceholder(value)) return;
    spans.push({ line: i, start: key.start, end: key.end, kind });
    return;
  }
}

/** `password: |` and `password:` with the value on the lines below. */
function valueBelow(
  lines: readonly string[],
  at: number,
  own: KeyLine,
  kind: SecretKind,
  spans: SecretSpan[],
): void {
  const here = (lines[at] ?? "").slice(own.start, own.end).trim();
  const isBlock = /^[|>][+-]?\d?$/.test(here);
  if (!isBlock && here !== "") return;
  for (let i = at + 1; i < lines.length && i - at < longestKey; i++) {
    const line = lines[i] ?? "";
    if (line.trim() === "") continue;
    if (indentOf(line) <= own.column) return;
    if (!isBlock && (keyLine(line) || /^\s*[-{["']/.test(line))) return;
    const start = indentOf(line);
    const value = line.slice(start).trimEnd();
    if (!isPlaceholder(value) && !value.startsWith("-----")) {
      spans.push({ line: i, start, end: start + value.length, kind });
    }
    if (!isBlock) return;
  }
}
