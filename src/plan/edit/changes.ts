// The single changes an edit is made of: a value in the place of another, a new entry, an entry gone.
import { refuseLostAnchor, refuseSharedText } from "./anchors.ts";
import { appendItem, insertPair } from "./insert-entry.ts";
import { locate, type Place, pathText, slotOf } from "./locate.ts";
import { lineAt } from "./patch.ts";
import { Refused } from "./refusal.ts";
import { removeEntry } from "./remove-entry.ts";
import { replaceValue } from "./replace-value.ts";
import { holds } from "./same-value.ts";
import { imageOf, type Mapping, type Node, type Path } from "./tree.ts";
import { nodesOn, rootOf, valueAt, type Work, write } from "./verified-change.ts";

/** Makes the value at the path this one, creating what is missing on the way. */
export function putValue(work: Work, path: Path, value: unknown): void {
  const root = rootOf(work);
  const place = locate(work.text, root, path);
  if (!place.value) create(work, path, place, value);
  else if (!holds(root, place.value, value)) assign(work, path, place.value, value);
}

/** Collections of one kind are changed entry by entry, so that what stays keeps its comments and its order. */
function assign(work: Work, path: Path, node: Node, value: unknown): void {
  if (node.kind === "mapping" && isRecord(value)) assignPairs(work, path, node, value);
  else if (node.kind === "sequence" && Array.isArray(value))
    assignItems(work, path, node.items.length, value);
  else replaceAt(work, path, value);
}

function assignPairs(work: Work, path: Path, node: Mapping, value: Readonly<Record<string, unknown>>): void {
  if (node.pairs.some((pair) => pair.name === "<<") && !("<<" in value))
    throw new Refused(
      "shared",
      `${pathText(path)} takes keys from an anchor (<<)`,
      lineAt(work.text, node.start),
    );
  for (const { name } of [...node.pairs].reverse()) if (!(name in value)) removeAt(work, [...path, name]);
  for (const [name, entry] of Object.entries(value)) putValue(work, [...path, name], entry);
}

function assignItems(work: Work, path: Path, count: number, value: readonly unknown[]): void {
  for (let i = count - 1; i >= value.length; i--) removeAt(work, [...path, i]);
  for (const [i, entry] of value.entries()) putValue(work, [...path, i], entry);
}

function replaceAt(work: Work, path: Path, value: unknown): void {
  write(work, path, { do: "put", value: imageOf(value) }, (root, place, style) => {
    const stop = place.stops.at(-1);
    const old = place.value;
    if (!stop || !old) throw new Refused("bad-step", "the whole document is not replaced");
    refuseSharedText(work.text, root, nodesOn(root, place));
    refuseLostAnchor(work.text, root, withoutOwnAnchor(old));
    if (old.tag !== undefined && (old.kind !== "scalar" || typeof value === "object"))
      throw new Refused(
        "unsupported",
        `${pathText(path)} carries the tag ${old.tag}`,
        lineAt(work.text, old.start),
      );
    return replaceValue(work.text, slotOf(stop), value, style);
  });
}

/** The anchor of a replaced value stays where it is. */
function withoutOwnAnchor(node: Node): Node {
  const { anchor: _anchor, ...rest } = node;
  return rest as Node;
}

/** Nothing stands at the path: adds the last known owner's new entry, with everything below it. */
function create(work: Work, path: Path, place: Place, value: unknown): void {
  const { depth } = place;
  const owner = place.stops[depth]?.owner;
  const above = path.slice(0, depth);
  const fresh = nested(path.slice(depth + (owner ? 1 : 0)), value, path);
  if (!owner) {
    // The value above is empty (`key:`), so it becomes the collection.
    if (depth === 0) throw new Refused("place-missing", "the document is empty");
    assign(work, above, valueAt(work, above), fresh);
  } else if (owner.kind === "mapping") {
    refuseMerged(work, owner, path, depth);
    addPair(work, above, String(path[depth]), fresh);
  } else {
    if (path[depth] !== owner.items.length)
      throw new Refused(
        "place-missing",
        `${pathText(above)} has ${owner.items.length} items, so there is no place ${String(path[depth])}`,
        lineAt(work.text, owner.start),
      );
    pushItem(work, above, fresh);
  }
}

/** A key that comes in through `<<` may be overridden whole, but not changed inside. */
function refuseMerged(work: Work, owner: Mapping, path: Path, depth: number): void {
  if (depth === path.length - 1 || !owner.pairs.some((pair) => pair.name === "<<")) return;
  throw new Refused(
    "shared",
    `${pathText(path.slice(0, depth + 1))} may come from the anchor that << takes in: change it there`,
    lineAt(work.text, owner.start),
  );
}

function nested(rest: Path, value: unknown, path: Path): unknown {
  return [...rest].reverse().reduce<unknown>((inner, key) => {
    if (typeof key === "string") return { [key]: inner };
    if (key === 0) return [inner];
    throw new Refused("place-missing", `there is no list for item ${key} of ${pathText(path)}`);
  }, value);
}

function addPair(work: Work, above: Path, name: string, value: unknown): void {
  write(work, [...above, name], { do: "put", value: imageOf(value) }, (root, place, style) => {
    refuseSharedText(work.text, root, nodesOn(root, place));
    const owner = place.stops.at(-1)?.owner;
    if (owner?.kind !== "mapping") throw new Refused("place-missing", `there is no ${pathText(above)}`);
    return insertPair(work.text, owner, name, value, style);
  });
}

export function pushItem(work: Work, path: Path, value: unknown): void {
  write(work, path, { do: "append", value: imageOf(value) }, (root, place, style) => {
    if (place.value?.kind !== "sequence") throw new Refused("place-missing", `${pathText(path)} is no list`);
    refuseSharedText(work.text, root, nodesOn(root, place));
    return appendItem(work.text, place.value, value, style);
  });
}

export function removeAt(work: Work, path: Path): void {
  write(work, path, { do: "remove" }, (root, place) => {
    const stop = place.stops.at(-1);
    if (!stop || stop.index === undefined || !place.value)
      throw new Refused("place-missing", `there is no ${pathText(path)}`);
    refuseSharedText(work.text, root, nodesOn(root, place).slice(0, -1));
    refuseLostAnchor(work.text, root, place.value);
    const above = place.stops.at(-2);
    return removeEntry(work.text, stop.owner, stop.index, above ? slotOf(above).valueAt : undefined);
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
