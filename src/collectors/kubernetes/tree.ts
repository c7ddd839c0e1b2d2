// A parsed document as a tree whose every node knows its line, without building the map of all pointers.
import type { LineIndex } from "../../model/kubernetes.ts";
import type { Place } from "../../model/place.ts";
import { escapePointer, type LineLog, rootEntry } from "../config/line-log.ts";
import type { ParsedDocument } from "../config/yaml-document.ts";

interface Shared {
  readonly source: string;
  readonly log: LineLog;
  /** Added to a line of the log to give the line of the source. */
  readonly shift: number;
  readonly firstLine: number;
  /** First child and next sibling of every entry, 0 for none; entry ids are stored plus one. */
  readonly first: Int32Array;
  readonly next: Int32Array;
  readonly topEntry: number;
}

export class TreeNode {
  readonly value: unknown;
  readonly #shared: Shared;
  readonly #entry: number;

  constructor(value: unknown, shared: Shared, entry: number) {
    this.value = value;
    this.#shared = shared;
    this.#entry = entry;
  }

  get line(): number {
    const { log, shift, firstLine } = this.#shared;
    const line = this.#entry >= 0 ? log.lines[this.#entry] : undefined;
    return line === undefined || line === 0 ? firstLine : line + shift;
  }

  get at(): Place {
    return { source: this.#shared.source, line: this.line };
  }

  /** First content line when this is a literal block scalar. */
  get contentLine(): number | undefined {
    const content = this.#entry >= 0 ? this.#shared.log.contents[this.#entry] : undefined;
    return content ? content + this.#shared.shift : undefined;
  }

  /** The node at a path of keys; undefined when it is not there or null. */
  get(...path: readonly string[]): TreeNode | undefined {
    let node: TreeNode | undefined = this;
    for (const key of path) {
      if (!isRecord(node.value) || !Object.hasOwn(node.value, key)) return undefined;
      const value: unknown = node.value[key];
      if (value === null || value === undefined) return undefined;
      node = new TreeNode(value, this.#shared, node.#find(key));
    }
    return node;
  }

  /** Elements of a list; none for anything else. */
  items(): TreeNode[] {
    if (!Array.isArray(this.value)) return [];
    const nodes: TreeNode[] = [];
    let entry = this.#firstChild();
    for (const value of this.value) {
      nodes.push(new TreeNode(value, this.#shared, entry));
      entry = this.#after(entry);
    }
    return nodes;
  }

  /** Keys and values of a mapping. */
  entries(): (readonly [string, TreeNode])[] {
    if (!isRecord(this.value)) return [];
    return Object.entries(this.value).map(([key, value]) => [
      key,
      new TreeNode(value, this.#shared, this.#find(key)),
    ]);
  }

  /** A scalar as text. */
  text(...path: readonly string[]): string | undefined {
    const value = this.get(...path)?.value;
    if (typeof value === "string") return value;
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
  }

  number(...path: readonly string[]): number | undefined {
    const value = this.get(...path)?.value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    return typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
  }

  flag(...path: readonly string[]): boolean | undefined {
    const value = this.get(...path)?.value;
    if (typeof value === "boolean") return value;
    return value === "true" ? true : value === "false" ? false : undefined;
  }

  /** A list of scalars. */
  texts(...path: readonly string[]): readonly string[] | undefined {
    const node = this.get(...path);
    if (!node || !Array.isArray(node.value)) return undefined;
    return node.value.flatMap((item: unknown) =>
      typeof item === "string" || typeof item === "number" || typeof item === "boolean" ? [String(item)] : [],
    );
  }

  /** A mapping of scalars, as labels are. */
  record(...path: readonly string[]): Readonly<Record<string, string>> | undefined {
    const value = this.get(...path)?.value;
    if (!isRecord(value)) return undefined;
    const record: Record<string, string> = {};
    for (const [key, item] of Object.entries(value)) {
      if (item !== null && typeof item !== "object" && item !== undefined) record[key] = String(item);
    }
    return record;
  }

  /** JSON pointers below this node to lines of the source. */
  lines(): LineIndex {
    const index: Record<string, number> = { "": this.line };
    const { log, shift, first, next } = this.#shared;
    const stack: [number, string][] = [];
    const push = (from: number, prefix: string) => {
      for (let id = from; id > 0; id = next[id - 1] ?? 0) stack.push([id - 1, prefix]);
    };
    push(this.#entry < 0 ? this.#shared.topEntry : (first[this.#entry] ?? 0), "");
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const [entry, prefix] = top;
      const pointer = `${prefix}/${escapePointer(log.keys[entry] ?? "")}`;
      index[pointer] = (log.lines[entry] ?? 0) + shift;
      push(first[entry] ?? 0, pointer);
    }
    return index;
  }

  /** Line behind the last line that belongs to this node, as far as its entries show. */
  lastLine(): number {
    const { first, next, log, shift } = this.#shared;
    let last = this.line;
    let entry = this.#entry;
    while (entry >= 0) {
      last = Math.max(last, (log.lines[entry] ?? 0) + shift);
      let child = first[entry] ?? 0;
      entry = -1;
      for (; child > 0; child = next[child - 1] ?? 0) entry = child - 1;
    }
    return last;
  }

  #firstChild(): number {
    const { first, topEntry } = this.#shared;
    return (this.#entry < 0 ? topEntry : (first[this.#entry] ?? 0)) - 1;
  }

  #after(entry: number): number {
    return entry < 0 ? -1 : (this.#shared.next[entry] ?? 0) - 1;
  }

  /** The entry of a key; its last one where it stands twice. */
  #find(key: string): number {
    const { keys } = this.#shared.log;
    let found = this.#entry;
    for (let entry = this.#firstChild(); entry >= 0; entry = this.#after(entry)) {
      if (keys[entry] === key) found = entry;
    }
    return found;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document's root. */
export function treeOf(doc: ParsedDocument): TreeNode {
  const { log } = doc;
  const size = log.keys.length;
  const first = new Int32Array(size);
  const next = new Int32Array(size);
  const last = new Int32Array(size);
  let topEntry = 0;
  let topLast = 0;
  for (let id = 0; id < size; id++) {
    const parent = log.parents[id] ?? rootEntry;
    const before = parent < 0 ? topLast : (last[parent] ?? 0);
    if (before > 0) next[before - 1] = id + 1;
    else if (parent < 0) topEntry = id + 1;
    else first[parent] = id + 1;
    if (parent < 0) topLast = id + 1;
    else last[parent] = id + 1;
  }
  const shared: Shared = {
    source: doc.at.source,
    log,
    shift: doc.startLine - 1,
    firstLine: doc.at.line ?? doc.startLine,
    first,
    next,
    topEntry,
  };
  return new TreeNode(doc.value, shared, rootEntry);
}
