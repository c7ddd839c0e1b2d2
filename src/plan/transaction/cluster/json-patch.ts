// RFC 6902 on plain data: what a patch does to an object, and the patch that takes exactly that back.
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { isRecord } from "../../../model/json-value.ts";
import { Refused } from "../../edit/refusal.ts";

export const operation = z.strictObject({
  op: z.enum(["add", "replace", "remove", "test"]),
  path: z.string(),
  value: z.unknown().optional(),
});
export type Operation = z.infer<typeof operation>;

export interface Patched {
  readonly object: unknown;
  /** The same changes, each preceded by a test of what stands there. */
  readonly guarded: readonly Operation[];
  readonly inverse: readonly Operation[];
}

type Container = Record<string, unknown> | unknown[];

/** Throws `Refused` where the object is not as the patch expects. The given object is not changed. */
export function applyPatch(object: unknown, patch: readonly Operation[]): Patched {
  const root: unknown = structuredClone(object);
  const guarded: Operation[] = [];
  const inverse: Operation[] = [];
  for (const one of patch) {
    const keys = keysOf(one.path);
    const key = keys.at(-1);
    if (key === undefined) throw new Refused("bad-step", "a whole object is never replaced");
    const parent = parentOf(root, keys, one.path);
    const stands = read(parent, key);
    if (one.op === "test") {
      if (!isDeepStrictEqual(stands, one.value)) throw changed(one, stands);
      guarded.push({ ...one });
      continue;
    }
    if (one.op !== "add" && stands === undefined)
      throw new Refused("place-missing", `there is nothing at ${one.path}`);
    if (stands !== undefined && !(Array.isArray(parent) && one.op === "add"))
      guarded.push({ op: "test", path: one.path, value: structuredClone(stands) });
    guarded.push({ ...one });
    inverse.unshift(...act(parent, key, one, stands));
  }
  return { object: root, guarded, inverse };
}

function act(parent: Container, key: string, { op, path, value }: Operation, stands: unknown): Operation[] {
  const before = structuredClone(stands);
  if (op === "remove") {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    return [{ op: "add", path, value: before }];
  }
  const fresh = structuredClone(value);
  if (Array.isArray(parent) && op === "add") {
    const index = key === "-" ? parent.length : Number(key);
    if (!(index >= 0 && index <= parent.length))
      throw new Refused("place-missing", `there is no place ${path}`);
    parent.splice(index, 0, fresh);
    const at = `${path.slice(0, path.lastIndexOf("/"))}/${index}`;
    return [
      { op: "test", path: at, value: structuredClone(fresh) },
      { op: "remove", path: at },
    ];
  }
  if (Array.isArray(parent)) parent[Number(key)] = fresh;
  else parent[key] = fresh;
  const test: Operation = { op: "test", path, value: structuredClone(fresh) };
  return stands === undefined
    ? [test, { op: "remove", path }]
    : [test, { op: "replace", path, value: before }];
}

function changed({ path, value }: Operation, stands: unknown): Refused {
  return new Refused("place-changed", `${path} is ${shown(stands)}, not ${shown(value)}`);
}

export function shown(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value).slice(0, 200);
}

export function keysOf(path: string): string[] {
  if (path === "") return [];
  if (!path.startsWith("/")) throw new Refused("bad-step", `${path} is no JSON pointer`);
  const keys = path
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  if (keys.includes("__proto__")) throw new Refused("bad-step", `${path} is no path of an object`);
  return keys;
}

function parentOf(root: unknown, keys: readonly string[], path: string): Container {
  let at: unknown = root;
  for (const key of keys.slice(0, -1)) at = read(at, key);
  if (Array.isArray(at)) return at;
  if (isRecord(at)) return at as Record<string, unknown>;
  throw new Refused("place-missing", `there is nothing around ${path}`);
}

function read(container: unknown, key: string): unknown {
  if (Array.isArray(container)) return /^\d+$/.test(key) ? container[Number(key)] : undefined;
  return isRecord(container) && Object.hasOwn(container, key) ? container[key] : undefined;
}

/** What stands at each path a patch touches; lists are taken whole, because their places move. */
export function touched(object: unknown, patch: readonly Operation[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { op, path } of patch) {
    if (op === "test") continue;
    const keys = keysOf(path);
    const last = keys.at(-1) ?? "";
    const isItem =
      last === "-" || (/^\d+$/.test(last) && Array.isArray(valueBelow(object, keys.slice(0, -1))));
    const at = isItem ? path.slice(0, path.lastIndexOf("/")) : path;
    const value = valueBelow(object, isItem ? keys.slice(0, -1) : keys);
    values[at] = value === undefined ? null : structuredClone(value);
  }
  return values;
}

function valueBelow(object: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>(read, object);
}
