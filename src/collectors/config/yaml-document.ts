// The one place that turns YAML or JSON text into plain data with a line for every key. How to use it:
//
//   for (const doc of readDocuments(segment)) {
//     doc.value            plain data of one document of the stream (undefined when doc.parseError is set)
//     doc.lineOf("/a/0/b") line of that key in the source; the nearest parent's line when the key is not there
//     doc.lines            the whole pointer → line map, built when first asked for
//     doc.contentLine(p)   first source line of a literal block scalar (`key: |`): startLine of an embedded file
//   }
//
// Values follow YAML 1.1 as Go's yaml.v2 and PyYAML read it (`0644` is 420, `yes` is true, time stamps stay text).
// `configDocument()` wraps a document as a fact.
import type { ConfigDocument, ConfigKind, ParseError } from "../../model/config.ts";
import type { Segment } from "../../model/evidence.ts";
import type { LineIndex } from "../../model/kubernetes.ts";
import type { Place } from "../../model/place.ts";
import { askedPod } from "../api/asked.ts";
import { DocumentFault } from "./document-fault.ts";
import { readJsonValue, trailingFault } from "./json-reader.ts";
import { indexOf, type LineLog, newLineLog, pointerOf } from "./line-log.ts";
import { isTemplate } from "./template.ts";
import { readYaml } from "./yaml-reader.ts";

export interface ParsedDocument {
  readonly at: Place;
  /** Text of this document alone; its first line is line `startLine` of the source. */
  readonly text: string;
  readonly startLine: number;
  readonly syntax: "yaml" | "json";
  readonly value: unknown;
  readonly parseError?: ParseError;
  /** The file itself is an unrendered template (Helm, Jinja): not read, and not an error. */
  readonly template?: boolean;
  readonly duplicateKeys: readonly { readonly pointer: string; readonly at: Place }[];
  readonly lines: LineIndex;
  /** The lines as they were noted while reading, 1-based within `text`: for readers that walk the whole document. */
  readonly log: LineLog;
  lineOf(pointer: string): number;
  /** Undefined when the value at the pointer is no literal block scalar: its lines are then not lines of the source. */
  contentLine(pointer: string): number | undefined;
}

type Source = Pick<Segment, "source" | "startLine" | "text"> & { readonly path?: string };

/** Texts beyond this are not configuration; the caller reports the gap. */
export const maxDocumentLength = 64 * 1024 * 1024;

/** All documents of a stream: YAML separated by `---`, JSON values one after the other. Empty documents are left out. */
export function readDocuments(source: Source): readonly ParsedDocument[] {
  if (source.text.length > maxDocumentLength)
    throw new Error("the document is too large to be a configuration");
  const text = source.text.startsWith("\ufeff") ? source.text.slice(1) : source.text;
  if (looksLikeJson(text) && !/\.ya?ml$/i.test(source.path ?? source.source))
    return readJsonStream(source, text);
  return splitYaml(text).map((part) => readYamlPart(source, part));
}

/** The first (normally only) document; undefined for an empty text. */
export function readDocument(source: Source): ParsedDocument | undefined {
  return readDocuments(source)[0];
}

/** A document as a fact. */
export function configDocument(
  segment: Segment,
  doc: ParsedDocument,
  kind: ConfigKind,
  origin: "file" | "running" = "file",
): ConfigDocument {
  const answeredBy = origin === "running" ? askedPod(segment) : undefined;
  return {
    at: doc.at,
    kind,
    ...(segment.path === undefined ? {} : { path: segment.path }),
    ...(segment.host === undefined ? {} : { host: segment.host }),
    ...(answeredBy === undefined ? {} : { answeredBy }),
    ...(segment.embeddedIn === undefined ? {} : { embeddedIn: segment.embeddedIn }),
    origin,
    value: doc.value,
    text: doc.text,
    startLine: doc.startLine,
    get lines() {
      return doc.lines;
    },
    ...(doc.parseError === undefined ? {} : { parseError: doc.parseError }),
    ...(doc.template === true ? { template: true } : {}),
    ...(segment.inPost ? { inPost: true as const } : {}),
    duplicateKeys: doc.duplicateKeys,
  };
}

/** Does the text begin like JSON? A YAML flow collection such as `{a: 1}` does not. */
export function looksLikeJson(text: string): boolean {
  return /^\s{0,1000}(?:\{\s{0,1000}["}]|\[\s{0,1000}(?:[{["\]]|-?\d|true|false|null))/.test(
    text.slice(0, 3000),
  );
}

interface Part {
  readonly text: string;
  /** Lines before it in the text. */
  readonly skipped: number;
}

/** Cuts at `---` and `...`; a document marker ends any YAML document, whatever it is in the middle of. */
function splitYaml(text: string): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  let skipped = 0;
  let line = 0;
  const push = (end: number) => {
    const part = text.slice(start, end);
    if (hasContent(part)) parts.push({ text: part, skipped });
  };
  for (let at = 0; at >= 0 && at < text.length; line++) {
    const next = text.indexOf("\n", at);
    const code = text.charCodeAt(at);
    if ((code === 45 || code === 46) && isMarker(text, at)) {
      push(at);
      start = code === 46 ? (next < 0 ? text.length : next) : at + 3;
      skipped = line;
    } else if (code === 37 && !hasContent(text.slice(start, at))) {
      start = next < 0 ? text.length : next + 1;
      skipped = line + 1;
    }
    at = next < 0 ? -1 : next + 1;
  }
  push(text.length);
  return parts;
}

function isMarker(text: string, at: number): boolean {
  const word = text.slice(at, at + 3);
  if (word !== "---" && word !== "...") return false;
  const after = text.charCodeAt(at + 3);
  return Number.isNaN(after) || after === 10 || after === 32 || after === 9;
}

function hasContent(part: string): boolean {
  for (let at = 0; at < part.length; at++) {
    const code = part.charCodeAt(at);
    if (code === 35) {
      const end = part.indexOf("\n", at);
      if (end < 0) return false;
      at = end;
    } else if (code !== 32 && code !== 10 && code !== 9 && code !== 13) return true;
  }
  return false;
}

function readYamlPart(source: Source, part: Part): ParsedDocument {
  // The text behind `--- ` on the marker's line keeps its column only approximately; nobody indents against it.
  const shift = source.startLine - 1 + part.skipped;
  const firstLine = firstContentLine(part.text) + shift;
  const common = { text: part.text, shift, firstLine, syntax: "yaml" } as const;
  try {
    checkCharacters(part.text);
    const { value, log, duplicates } = readYaml(part.text);
    return document(source, { ...common, value, log, duplicates });
  } catch (error) {
    return failed(source, common, error);
  }
}

function firstContentLine(text: string): number {
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const end = text.indexOf("\n", at);
    const content = text.slice(at, end < 0 ? text.length : end).trim();
    if (content !== "" && !content.startsWith("#")) return line;
    if (end < 0) return line;
    at = end + 1;
  }
  return 1;
}

function checkCharacters(text: string): void {
  const match = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text);
  if (match) throw new DocumentFault("control characters are not allowed", lineAt(text, match.index));
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function readJsonStream(source: Source, text: string): readonly ParsedDocument[] {
  const docs: ParsedDocument[] = [];
  let pos = 0;
  let line = 1;
  while (pos < text.length) {
    const skipped = /^\s*/.exec(text.slice(pos, pos + 10_000))?.[0] ?? "";
    const startLine = line + (skipped.split("\n").length - 1);
    pos += skipped.length;
    if (pos >= text.length) break;
    const common = {
      shift: source.startLine - 2 + startLine,
      firstLine: source.startLine - 1 + startLine,
      syntax: "json",
    } as const;
    try {
      const result = readJsonValue(text, pos, 1);
      const next = text.charCodeAt(result.end);
      const body = text.slice(pos, result.end);
      if (!Number.isNaN(next) && next !== 123 && next !== 91)
        throw trailingFault(text, result.end, result.endLine);
      docs.push(document(source, { ...common, text: body, ...result }));
      pos = result.end;
      line = startLine + result.endLine - 1;
    } catch (error) {
      docs.push(failed(source, { ...common, text: text.slice(pos) }, error));
      break;
    }
  }
  return docs;
}

interface Raw {
  readonly text: string;
  /** Added to a 1-based line of `text` to give the line of the source. */
  readonly shift: number;
  readonly firstLine: number;
  readonly syntax: "yaml" | "json";
}

function document(
  source: Source,
  raw: Raw & {
    value: unknown;
    log: LineLog;
    duplicates: readonly number[];
    parseError?: ParseError;
    template?: boolean;
  },
): ParsedDocument {
  const { log, shift } = raw;
  let lines: LineIndex | undefined;
  let contents: LineIndex | undefined;
  const allLines = () => {
    lines ??= indexOf(log, "lines", shift);
    return lines;
  };
  return {
    at: { source: source.source, line: raw.firstLine },
    text: raw.text,
    startLine: raw.shift + 1,
    syntax: raw.syntax,
    value: raw.value,
    log,
    ...(raw.parseError === undefined ? {} : { parseError: raw.parseError }),
    ...(raw.template === true ? { template: true } : {}),
    duplicateKeys: raw.duplicates.map((id) => ({
      pointer: pointerOf(log, id),
      at: { source: source.source, line: (log.lines[id] ?? 1) + shift },
    })),
    get lines() {
      return allLines();
    },
    lineOf: (pointer) => nearestLine(allLines(), pointer, raw.firstLine),
    contentLine(pointer) {
      contents ??= indexOf(log, "contents", shift);
      return contents[pointer];
    },
  };
}

/** A document of another language (River, INI, TOML) that a reader of its own has turned into plain data. */
export function documentOfReader(
  source: Source,
  read: {
    readonly value: unknown;
    readonly log: LineLog;
    readonly duplicates?: readonly number[];
    readonly fault?: DocumentFault;
  },
): ParsedDocument {
  const { text, startLine } = source;
  const raw = { text, shift: startLine - 1, firstLine: startLine, syntax: "yaml" as const };
  if (read.fault) return failed(source, raw, read.fault);
  return document(source, { ...raw, value: read.value, log: read.log, duplicates: read.duplicates ?? [] });
}

/** Line of a pointer, else of its nearest parent, else `fallback`. */
export function nearestLine(lines: LineIndex, pointer: string, fallback: number): number {
  for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const line = lines[at];
    if (line !== undefined) return line;
    if (!at.includes("/")) break;
  }
  return fallback;
}

function failed(source: Source, raw: Raw, error: unknown): ParsedDocument {
  if (!(error instanceof DocumentFault)) throw error;
  const empty = { value: undefined, log: newLineLog(), duplicates: [] };
  if (isTemplate(raw.text)) return document(source, { ...raw, ...empty, template: true });
  const line = error.line + raw.shift;
  const excerpt = raw.text.split("\n", error.line)[error.line - 1] ?? "";
  const parseError = {
    message: error.message,
    at: { source: source.source, line },
    excerpt: excerpt.slice(0, 2000),
  };
  return document(source, { ...raw, ...empty, parseError });
}
