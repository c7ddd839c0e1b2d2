// Edits YAML and JSON by byte ranges: the keys concerned change, every other line stays identical.
import type { DocumentEdit, Step } from "../model/plan.ts";
import { editText } from "./edit/edit-text.ts";
import { findEmbedded, writeEmbedded } from "./edit/embedded-file.ts";
import { lineAt } from "./edit/patch.ts";
import { type Part, readStream } from "./edit/read-tree.ts";
import { type Edited, edited, Refused } from "./edit/refusal.ts";
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
    return step.edits.reduce((source, edit) => {
      const file = findEmbedded(source, embeddedKey, line);
      const inner =
        file.firstLine === undefined || line === undefined ? undefined : line - file.firstLine + 1;
      const wanted = editAll(file.text, [edit], inner === undefined || inner < 1 ? undefined : inner);
      const written = writeEmbedded(source, file, wanted);
      checkWritten(written, embeddedKey, line, wanted);
      return written;
    }, text);
  });
}

/** The embedded file, read again from the result, must be what was meant. */
function checkWritten(source: string, key: string, line: number | undefined, wanted: string): void {
  const now = findEmbedded(source, key, line).text;
  if (now.replaceAll("\r\n", "\n").trimEnd() === wanted.replaceAll("\r\n", "\n").trimEnd()) return;
  throw new Refused("unsupported", `the form of the text around ${key} cannot be edited safely`, line);
}

function editAll(text: string, edits: readonly DocumentEdit[], line: number | undefined): string {
  return edits.reduce((source, edit) => {
    const { documents } = readStream(source);
    const document = chooseDocument(documents, line);
    const base = objectPath(source, documents[document], line, edit.path);
    const within = base.length === 0 ? edit : { ...edit, path: [...base, ...edit.path] };
    return editText({ text: source, document }, within);
  }, text);
}

/** The document of the stream that has the line; without a line there must be only one. */
function chooseDocument(documents: readonly Part[], line: number | undefined): number {
  if (documents.length === 0) throw new Refused("place-missing", "the file holds no document");
  const filled = documents.flatMap((part, i) => (part.root || part.fault ? [i] : []));
  if (line !== undefined) {
    const found = documents.findIndex((part) => part.firstLine <= line && line <= part.lastLine);
    if (found >= 0) return found;
    if (filled.length !== 1)
      throw new Refused(
        "place-missing",
        `the file has ${documents.length} documents, and none at line ${line}`,
      );
  }
  const [only, other] = filled;
  if (only === undefined) throw new Refused("place-missing", "the file holds no document");
  if (other !== undefined)
    throw new Refused("ambiguous", `the file has ${filled.length} documents, and the step names no line`);
  return only;
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
