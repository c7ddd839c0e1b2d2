// A file inside a document, as in a ConfigMap key: finding it, and writing its edited text back with the right indentation.
import { diffArrays } from "diff";
import { writeQuoted } from "./embedded-quoted.ts";
import { applyPatches, eolAt, lineAt, nextLine } from "./patch.ts";
import { readStream } from "./read-tree.ts";
import { Refused } from "./refusal.ts";
import { type Chunk, splitDocuments } from "./split-documents.ts";
import { childrenOf, type Mapping, type Node, type Scalar } from "./tree.ts";

export interface EmbeddedFile {
  readonly scalar: Scalar;
  /** Its text with the line breaks of the source, always ending with one. */
  readonly text: string;
  /** Line of the source its first line stands on; undefined when its lines are not lines of the source. */
  readonly firstLine: number | undefined;
}

interface Candidate {
  readonly scalar: Scalar;
  readonly parent: string | undefined;
  readonly from: number;
  readonly to: number;
}

/** The one string under the key `name`; several are told apart by the line the step names. */
export function findEmbedded(text: string, name: string, line: number | undefined): EmbeddedFile {
  const chunks = splitDocuments(text).filter(
    (chunk) => chunk.filled && text.slice(chunk.from, chunk.to).includes(name),
  );
  const near = chunks.filter(
    ({ firstLine, lastLine }) => line !== undefined && firstLine <= line && line <= lastLine,
  );
  // A line that has moved into another document does not hide a key that stands only once.
  const all = preferData(near.flatMap((chunk) => candidatesOf(text, chunk, name)));
  const found = all.length > 0 ? all : preferData(chunks.flatMap((chunk) => candidatesOf(text, chunk, name)));
  const here = line === undefined ? found : found.filter((one) => one.from <= line && line <= one.to);
  const chosen = here.length > 0 ? here : found;
  const [first, second] = chosen;
  if (!first) throw missing(text, chunks, name);
  if (second) {
    const lines = chosen.map((one) => one.from).join(", ");
    throw new Refused("ambiguous", `the key ${name} stands more than once (lines ${lines})`, second.from);
  }
  return read(text, first.scalar, name);
}

function preferData(candidates: readonly Candidate[]): readonly Candidate[] {
  const ofData = candidates.filter((one) => one.parent === "data" || one.parent === "stringData");
  return ofData.length > 0 ? ofData : candidates;
}

function missing(text: string, chunks: readonly Chunk[], name: string): Refused {
  for (const { from, to, firstLine } of chunks) {
    const fault = readStream(text.slice(from, to)).documents.find((part) => part.fault)?.fault;
    if (fault)
      return new Refused(
        "unreadable",
        `the file around it does not parse: ${fault.message}`,
        fault.line + firstLine - 1,
      );
  }
  return new Refused("place-missing", `there is no key ${name} that holds a file`);
}

/** Candidates of one document, with offsets and lines of the whole text. */
function candidatesOf(text: string, chunk: Chunk, name: string): Candidate[] {
  const piece = text.slice(chunk.from, chunk.to);
  const lines = chunk.firstLine - 1;
  return readStream(piece)
    .documents.flatMap((part) => (part.root ? candidatesIn(piece, part.root, name, undefined) : []))
    .map(({ scalar, parent, from, to }) => ({
      scalar: { ...scalar, start: scalar.start + chunk.from, end: scalar.end + chunk.from },
      parent,
      from: from + lines,
      to: to + lines,
    }));
}

function candidatesIn(text: string, node: Node, name: string, parent: string | undefined): Candidate[] {
  const own = node.kind === "mapping" ? ownCandidate(text, node, name, parent) : [];
  const below =
    node.kind === "mapping"
      ? node.pairs.flatMap((pair) => candidatesIn(text, pair.value, name, pair.name))
      : childrenOf(node).flatMap((child) => candidatesIn(text, child, name, parent));
  return [...own, ...below];
}

function ownCandidate(text: string, node: Mapping, name: string, parent: string | undefined): Candidate[] {
  if (parent === "binaryData") return [];
  return node.pairs.flatMap((pair) => {
    if (pair.name !== name || pair.value.kind !== "scalar" || pair.value.style === "empty") return [];
    const from = lineAt(text, pair.start);
    return [{ scalar: pair.value, parent, from, to: lineAt(text, pair.value.end) }];
  });
}

function read(text: string, scalar: Scalar, name: string): EmbeddedFile {
  if (scalar.style === "folded")
    throw new Refused(
      "unsupported",
      `${name} is a folded block (>): its lines are not the lines of the file`,
      lineAt(text, scalar.start),
    );
  if (scalar.style !== "literal") return { scalar, text: scalar.text, firstLine: undefined };
  const body = nextLine(text, scalar.start);
  const lines = rawLines(text, scalar).map((line) => stripped(line, scalar.indent ?? 0));
  return { scalar, text: `${lines.join("\n")}${eolAt(text, body)}`, firstLine: lineAt(text, body) };
}

/** The lines of a literal block as they stand, `\r` included, without their `\n`. */
function rawLines(text: string, scalar: Scalar): string[] {
  const body = nextLine(text, scalar.start);
  return text.slice(body, Math.max(body, scalar.end)).split("\n");
}

function stripped(line: string, indent: number): string {
  const blank = /^ */.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(blank, indent));
}

/** The source with the embedded file's text replaced; lines that stay keep their bytes. */
export function writeEmbedded(source: string, file: EmbeddedFile, wanted: string): string {
  if (wanted === file.text) return source;
  const { scalar } = file;
  if (scalar.style === "double" || scalar.style === "single") return writeQuoted(source, scalar, wanted);
  if (scalar.style !== "literal")
    throw new Refused("unsupported", "the file stands in a plain scalar", lineAt(source, scalar.start));
  const body = nextLine(source, scalar.start);
  const old = rawLines(source, scalar);
  const fresh = wanted.replace(/\r?\n$/, "").split("\n");
  const kept = file.text.replace(/\r?\n$/, "").split("\n");
  const blank = " ".repeat(scalar.indent ?? 0);
  const lines: string[] = [];
  let at = 0;
  for (const part of diffArrays(withoutLastReturn(kept), withoutLastReturn(fresh))) {
    if (part.added) lines.push(...part.value.map((line) => (line.trim() === "" ? line : blank + line)));
    else {
      if (!part.removed) lines.push(...old.slice(at, at + part.value.length));
      at += part.value.length;
    }
  }
  const end = Math.max(body, scalar.end);
  return applyPatches(source, [{ from: body, to: end, text: withReturns(lines, eolAt(source, body)) }]);
}

/** The line break of the last line is not part of it; compared without, it stays when only lines behind it are new. */
function withoutLastReturn(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/\r$/, ""));
}

/** Every line but the last one ends as the source's lines do. */
function withReturns(lines: readonly string[], eol: string): string {
  return lines
    .map((line, i) => {
      if (i === lines.length - 1) return line.replace(/\r$/, "");
      return line.endsWith("\r") || eol === "\n" ? line : `${line}\r`;
    })
    .join("\n");
}
