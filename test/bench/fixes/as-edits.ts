// What somebody else's program changed in the data of a file, as edits of watchmend: so both are asked for the same.
import { parseAllDocuments } from "yaml";
import type { DocumentEdit } from "../../../src/model/plan.ts";

export interface DocumentChange {
  /** A line inside the document, from 1. */
  readonly line: number;
  readonly edits: readonly DocumentEdit[];
}

type Path = readonly (string | number)[];

export function asEdits(before: string, after: string): readonly DocumentChange[] {
  const [old, now] = [before, after].map((text) =>
    parseAllDocuments(text, { keepSourceTokens: true }).filter((document) => document.contents !== null),
  );
  return (old ?? []).flatMap((document, index) => {
    const other = now?.[index];
    const edits = other ? difference([], document.toJS(), other.toJS()) : [];
    const from = document.contents?.range?.[0] ?? 0;
    return edits.length > 0 ? [{ line: before.slice(0, from).split("\n").length, edits }] : [];
  });
}

function difference(path: Path, old: unknown, now: unknown): readonly DocumentEdit[] {
  if (Array.isArray(old) && Array.isArray(now) && now.length >= old.length) {
    const added = now.slice(old.length).map((value): DocumentEdit => ({ op: "append", path, value }));
    return [...old.flatMap((one, index) => difference([...path, index], one, now[index])), ...added];
  }
  if (isMapping(old) && isMapping(now)) {
    const gone = Object.keys(old)
      .filter((key) => !(key in now))
      .map((key): DocumentEdit => ({ op: "remove", path: [...path, key] }));
    const rest = Object.entries(now).flatMap(([key, value]) =>
      key in old
        ? difference([...path, key], old[key], value)
        : [{ op: "set", path: [...path, key], value } as const],
    );
    return [...gone, ...rest];
  }
  return JSON.stringify(old) === JSON.stringify(now) ? [] : [{ op: "set", path, value: now }];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
