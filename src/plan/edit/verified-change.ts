// Makes single changes and reads each result back: the old document with exactly this change, or nothing is kept.
import { type Change, imageWith } from "./image-with.ts";
import { childAt, locate, type Place, pathText } from "./locate.ts";
import { lineAt } from "./patch.ts";
import { isJson, readStream, type Stream } from "./read-tree.ts";
import { Refused } from "./refusal.ts";
import { readStyle, type Style } from "./style.ts";
import { imageOfNode, isSameImage, type Node, type Path } from "./tree.ts";

/** More single changes than this is a rewrite, not an edit. */
const mostChanges = 1000;

/** The text under way through the single changes of one edit. */
export interface Work {
  text: string;
  /** What `text` reads as. */
  stream: Stream;
  readonly document: number;
  readonly json: boolean;
  left: number;
}

export function startWork(text: string, stream: Stream, document: number): Work {
  return { text, stream, document, json: isJson(text), left: mostChanges };
}

/** `make` writes the change; what it wrote is kept only when it reads as meant. */
export function write(
  work: Work,
  path: Path,
  change: Change,
  make: (root: Node, place: Place, style: Style) => string,
): void {
  work.left--;
  if (work.left < 0)
    throw new Refused("unsupported", `more than ${mostChanges} single changes: this is a rewrite`);
  const before = work.stream;
  const root = rootIn(before, work.document);
  const written = make(root, locate(work.text, root, path), readStyle(work.text, root, work.json));
  const after = readStream(written);
  const meant = imageWith(root, path, change);
  const got = after.documents[work.document]?.root;
  const isAsMeant =
    got !== undefined &&
    isSameImage(imageOfNode(got), meant) &&
    sameOthers(before, after, work.document) &&
    (!work.json || isJson(written));
  if (!isAsMeant)
    throw new Refused(
      "unsupported",
      `the form of the text around ${pathText(path)} cannot be edited safely`,
      lineAt(work.text, root.start),
    );
  work.text = written;
  work.stream = after;
}

function sameOthers(before: Stream, after: Stream, document: number): boolean {
  if (before.documents.length !== after.documents.length) return false;
  return before.documents.every((part, i) => {
    const other = after.documents[i];
    if (i === document) return true;
    if (!part.root || !other?.root) return part.root === other?.root;
    return isSameImage(imageOfNode(part.root), imageOfNode(other.root));
  });
}

export function rootOf(work: Work): Node {
  return rootIn(work.stream, work.document);
}

function rootIn(stream: Stream, document: number): Node {
  const part = stream.documents[document];
  if (!part) throw new Refused("place-missing", "the document is not there");
  if (part.fault)
    throw new Refused("unreadable", `it does not parse: ${part.fault.message}`, part.fault.line);
  if (!part.root) throw new Refused("place-missing", "the document is empty");
  return part.root;
}

export function valueAt(work: Work, path: Path): Node {
  const { value } = locate(work.text, rootOf(work), path);
  if (!value) throw new Refused("place-missing", `there is no ${pathText(path)}`);
  return value;
}

/** The root and every node on the way, the value itself included. */
export function nodesOn(root: Node, place: Place): Node[] {
  const below = place.stops.flatMap(({ owner, index }) =>
    index === undefined ? [] : [childAt(owner, index)],
  );
  return [root, ...below];
}
