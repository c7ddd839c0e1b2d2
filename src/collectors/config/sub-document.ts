// A configuration inside another one: a mapping of a Helm values file, or a text inside a JSON answer.
import type { ConfigDocument, ConfigKind } from "../../model/config.ts";
import { valueAt } from "../../model/json-value.ts";
import type { LineIndex } from "../../model/kubernetes.ts";
import { nearestLine, type ParsedDocument } from "./yaml-document.ts";

/** The part of `parent` below `pointer` as a document of its own: its pointers begin there, its lines stay those of the source. */
export function partOf(
  parent: ConfigDocument,
  pointer: string,
  kind: ConfigKind,
  value?: unknown,
): ConfigDocument {
  const steps = pointerSteps(pointer);
  const line = nearestLine(parent.lines, pointer, parent.at.line ?? 1);
  const { path: _path, parseError: _error, ...rest } = parent;
  const lines = rebase(parent.lines, pointer);
  return {
    ...rest,
    at: { source: parent.at.source, line },
    kind,
    value: value ?? valueAt(parent.value, ...steps),
    text: textOfLines(parent, line, lines),
    lines,
    duplicateKeys: parent.duplicateKeys.flatMap((key) =>
      key.pointer.startsWith(`${pointer}/`) ? [{ ...key, pointer: key.pointer.slice(pointer.length) }] : [],
    ),
  };
}

/** Steps of a JSON pointer; list positions as numbers. */
export function pointerSteps(pointer: string): readonly (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) =>
      /^\d{1,9}$/.test(step) ? Number(step) : step.replaceAll("~1", "/").replaceAll("~0", "~"),
    );
}

function rebase(lines: LineIndex, pointer: string): LineIndex {
  const below: Record<string, number> = {};
  const prefix = `${pointer}/`;
  for (const [key, line] of Object.entries(lines))
    if (key.startsWith(prefix)) below[key.slice(pointer.length)] = line;
  return below;
}

function textOfLines(parent: ConfigDocument, first: number, lines: LineIndex): string {
  const start = parent.startLine ?? parent.at.line ?? 1;
  const last = Object.values(lines).reduce((most, line) => Math.max(most, line), first);
  return parent.text
    .split("\n")
    .slice(first - start, last - start + 1)
    .join("\n");
}

/** A document that stands in one line of its source (a string in JSON): every key is on that line. */
export function onOneLine(doc: ParsedDocument, source: string, line: number): ParsedDocument {
  const at = { source, line };
  const lines = Object.fromEntries(Object.keys(doc.lines).map((pointer) => [pointer, line]));
  return {
    ...doc,
    at,
    startLine: line,
    lines,
    duplicateKeys: doc.duplicateKeys.map((key) => ({ ...key, at })),
    lineOf: () => line,
    contentLine: () => undefined,
    ...(doc.parseError === undefined ? {} : { parseError: { ...doc.parseError, at } }),
  };
}
