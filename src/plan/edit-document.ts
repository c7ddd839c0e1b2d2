// Edits YAML and JSON by byte ranges: the keys concerned change, every other line stays identical.
import type { DocumentEdit, Step } from "../model/plan.ts";
import { editText } from "./edit/edit-text.ts";
import { findEmbedded, writeEmbedded } from "./edit/embedded-file.ts";
import { lineAt } from "./edit/patch.ts";
import { type Part, readStream } from "./edit/read-tree.ts";
import { type Edited, edited, inPiece, Refused } from "./edit/refusal.ts";
import { type Chunk, splitDocuments } from "./edit/split-documents.ts";
import type { Node, Path } from "./edit/tree.ts";

type EditStep = Extract<Step, { readonly do: "edit-document" }>;

/** Larger texts are data, not configuration. */
const longest = 32 * 1024 * 1024;

/** The text after the step. Doing it again changes nothing; a place that does not fit is refused, never guessed. */
export function editDocument(text: string, step: EditStep): Edited {
  return edited(text, () => {
    if (text.length > longest) throw new Refused("unsupported", "the file is too large to be configuration");
    const { embeddedKey } = step;
    const { line } = step.file;
    if (embeddedKey === undefined) return editAll(text, step.edits, line);
    return step.edits.reduce((source, edit) => editEmbedded(source, embeddedKey, line, edit), text);
  });
}

function editEmbedded(source: string, key: string, line: number | undefined, edit: DocumentEdit): string {
  const file = findEmbedded(source, key, line);
  const before = file.firstLine === undefined ? undefined : file.firstLine - 1;
  const inner = before === undefined || line === undefined || line <= before ? undefined : line - before;
  const wanted = inPiece(before, () => editAll(file.text, [edit], inner));
  const written = writeEmbedded(source, file, wanted);
  checkWritten(written, key, line, wanted);
  return written;
}

/** The embedded file, read again from the result, must be what was meant. */
function checkWritten(source: string, key: string, line: number | undefined, wanted: string): void {
  const now = findEmbedded(source, key, line).text;
  if (now.replaceAll("\r\n", "\n").trimEnd() === wanted.replaceAll("\r\n", "\n").trimEnd()) return;
  throw new Refused("unsupported", `the form of the text around ${key} cannot be edited safely`, line);
}

function editAll(text: string, edits: readonly DocumentEdit[], line: number | undefined): string {
  return edits.reduce((source, edit) => {
    const chunk = chooseDocument(source, line);
    const before = chunk.firstLine - 1;
    const piece = source.slice(chunk.from, chunk.to);
    const inner = line === undefined ? undefined : line - before;
    const edited = inPiece(before, () => editPiece(piece, edit, inner));
    return source.slice(0, chunk.from) + edited + source.slice(chunk.to);
  }, text);
}

/** `text` holds one document. */
function editPiece(text: string, edit: DocumentEdit, line: number | undefined): string {
  const stream = readStream(text);
  const document = Math.max(
    0,
    stream.documents.findIndex((part) => part.root ?? part.fault),
  );
  const base = objectPath(text, stream.documents[document], line, edit.path);
  const within = base.length === 0 ? edit : { ...edit, path: [...base, ...edit.path] };
  return editText({ text, stream, document }, within).text;
}

/** The document of the stream that has the line; without a line there must be only one. */
function chooseDocument(text: string, line: number | undefined): Chunk {
  const chunks = splitDocuments(text);
  const filled = chunks.filter((chunk) => chunk.filled);
  const found =
    line === undefined
      ? undefined
      : filled.find(({ firstLine, lastLine }) => firstLine <= line && line <= lastLine);
  if (found) return found;
  const [only, other] = filled;
  if (only === undefined) throw new Refused("place-missing", "the file holds no document");
  if (other === undefined) return only;
  if (line !== undefined)
    throw new Refused("place-missing", `the file has ${filled.length} documents, and none at line ${line}`);
  throw new Refused("ambiguous", `the file has ${filled.length} documents, and the step names no line`);
}

/** In a `List` of objects the path is meant from the object the line stands in. */
function objectPath(source: string, part: Part | undefined, line: number | undefined, path: Path): Path {
  const root = part?.root;
  if (line === undefined || root?.kind !== "mapping" || path[0] === "items") return [];
  const kind = root.pairs.find((pair) => pair.name === "kind")?.value;
  const items = root.pairs.find((pair) => pair.name === "items")?.value;
  if (kind?.kind !== "scalar" || !/List$/.test(kind.text) || items?.kind !== "sequence") return [];
  const index = items.items.findIndex((item) => covers(source, item.value, line));
  if (index < 0)
    throw new Refused("place-missing", `line ${line} stands in none of the objects of the list`, line);
  return ["items", index];
}

function covers(source: string, node: Node, line: number): boolean {
  return lineAt(source, node.start) <= line && line <= lineAt(source, Math.max(node.start, node.end - 1));
}
