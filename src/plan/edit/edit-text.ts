// One edit of one document of a text: checks what it says against what stands there, then makes the changes.
import type { DocumentEdit } from "../../model/plan.ts";
import { pushItem, putValue, removeAt } from "./changes.ts";
import { locate, pathText } from "./locate.ts";
import { lineAt } from "./patch.ts";
import type { Stream } from "./read-tree.ts";
import { Refused } from "./refusal.ts";
import { holds } from "./same-value.ts";
import type { Node, Sequence } from "./tree.ts";
import { rootOf, startWork, type Work } from "./verified-change.ts";

/** A text, what it reads as, and which of its documents is meant. */
export interface Target {
  readonly text: string;
  readonly stream: Stream;
  readonly document: number;
}

export function editText(target: Target, given: DocumentEdit): Pick<Target, "text" | "stream"> {
  checkEdit(given);
  const work = startWork(target.text, target.stream, target.document);
  const edit = given.value === undefined ? given : { ...given, value: plainData(given.value) };
  if (edit.op === "remove") remove(work, edit);
  else if (edit.op === "append") append(work, edit);
  else set(work, edit);
  return { text: work.text, stream: work.stream };
}

function checkEdit(edit: DocumentEdit): void {
  if (edit.path.length === 0 && edit.op !== "append")
    throw new Refused("bad-step", "an edit needs a path; the whole document is not replaced");
  if (edit.op !== "remove" && edit.value === undefined)
    throw new Refused("bad-step", `there is no value to ${edit.op} at ${pathText(edit.path)}`);
}

/** Keys without a value are not there, as in JSON. */
function plainData(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function set(work: Work, edit: DocumentEdit): void {
  const root = rootOf(work);
  const { value } = locate(work.text, root, edit.path);
  if (!value && (edit.op === "replace" || edit.expect !== undefined))
    throw new Refused("place-missing", `there is no ${pathText(edit.path)}`);
  if (value && !holds(root, value, edit.value)) expectHolds(work, root, value, edit);
  putValue(work, edit.path, edit.value);
}

function expectHolds(work: Work, root: Node, node: Node, edit: DocumentEdit): void {
  if (edit.expect === undefined || holds(root, node, edit.expect)) return;
  const stands = work.text
    .slice(node.start, Math.min(node.end, node.start + 60))
    .split("\n")[0]
    ?.trim();
  throw new Refused(
    "place-changed",
    `${pathText(edit.path)} is ${stands || "empty"}, not ${JSON.stringify(edit.expect)}`,
    lineAt(work.text, node.start),
  );
}

function append(work: Work, edit: DocumentEdit): void {
  const root = rootOf(work);
  const list = locate(work.text, root, edit.path).value;
  if (!list || (list.kind === "scalar" && holds(root, list, null))) {
    putValue(work, edit.path, [edit.value]);
    return;
  }
  if (list.kind !== "sequence")
    throw new Refused("place-changed", `${pathText(edit.path)} is no list`, lineAt(work.text, list.start));
  if (list.items.some((item) => holds(root, item.value, edit.value))) return;
  pushItem(work, edit.path, edit.value);
}

function remove(work: Work, edit: DocumentEdit): void {
  const root = rootOf(work);
  const place = locate(work.text, root, edit.path);
  const owner = place.stops[edit.path.length - 1]?.owner;
  if (owner?.kind === "sequence" && !itemStands(work, root, owner, place.value, edit)) return;
  if (!place.value) return;
  expectHolds(work, root, place.value, edit);
  removeAt(work, edit.path);
}

/** False: no item of the list has the value any more, so there is nothing to do. */
function itemStands(
  work: Work,
  root: Node,
  owner: Sequence,
  value: Node | undefined,
  edit: DocumentEdit,
): boolean {
  if (edit.expect === undefined)
    throw new Refused(
      "bad-step",
      `which item to take out of a list must be said by its value, not only by its number (${pathText(edit.path)})`,
    );
  if (value && holds(root, value, edit.expect)) return true;
  const moved = owner.items.findIndex((item) => holds(root, item.value, edit.expect));
  if (moved < 0) return false;
  throw new Refused(
    "place-changed",
    `${pathText(edit.path)} is now item ${moved} of the list`,
    lineAt(work.text, owner.items[moved]?.start ?? 0),
  );
}
