// Changes of files that are never made: a past schema period of Loki, ports open to the world, commands that destroy.
import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";
import { isRecord, itemsOf, textOf, valueAt } from "../../model/json-value.ts";
import { denyCommands } from "./deny.ts";

/** Larger texts are no configuration that could hold any of it. */
const longest = 4 * 1024 * 1024;
const deepest = 30;

export function denyTextChange(before: string, after: string, today: Date = new Date()): string | undefined {
  if (before === after) return undefined;
  const had = new Set(before.split("\n"));
  const fresh = after.split("\n").filter((line) => !had.has(line));
  const command = fresh.map(denyCommands).find((one) => one !== undefined);
  if (command !== undefined) return command;
  if (before.length + after.length > longest) return undefined;
  const [old, now] = [parsed(before), parsed(after)];
  return denySchema(old, now, today) ?? denyPorts(old, now);
}

function parsed(text: string): readonly unknown[] {
  try {
    const documents = parseAllDocuments(text, { logLevel: "silent" });
    return Array.isArray(documents)
      ? documents.map((one) => one.toJS({ maxAliasCount: 100 }) as unknown)
      : [];
  } catch {
    return [];
  }
}

/** Every value under one of the keys, wherever it stands (a file of its own, values of a chart, a string inside a ConfigMap). */
function* under(value: unknown, keys: RegExp, depth = 0): Generator<unknown> {
  if (depth > deepest) return;
  if (Array.isArray(value)) for (const item of value) yield* under(item, keys, depth + 1);
  if (
    typeof value === "string" &&
    value.includes("\n") &&
    keys.test(value.match(/^\s*[\w-]+(?=:)/m)?.[0]?.trim() ?? "")
  )
    for (const one of parsed(value)) yield* under(one, keys, depth + 1);
  if (!isRecord(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (keys.test(key)) yield item;
    else yield* under(item, keys, depth + 1);
  }
}

/** Data of a period was written with its settings: changed afterwards, it cannot be read any more. */
function denySchema(before: readonly unknown[], after: readonly unknown[], today: Date): string | undefined {
  const day = today.toISOString().slice(0, 10);
  const periods = (documents: readonly unknown[]): unknown[] =>
    documents.flatMap((one) =>
      [...under(one, /^schema_?[cC]onfig$/)].flatMap((schema) => itemsOf(valueAt(schema, "configs"))),
    );
  const now = periods(after);
  const lost = periods(before).find((period) => {
    const from = dayOf(valueAt(period, "from"));
    return from !== undefined && from <= day && !now.some((one) => isDeepStrictEqual(one, period));
  });
  return lost === undefined
    ? undefined
    : `the schema period from ${dayOf(valueAt(lost, "from")) ?? ""} is past: logs written in it could not be read any more. Add a new period instead`;
}

function dayOf(value: unknown): string | undefined {
  if (value instanceof Date) return value.toISOString().slice(0, 10);
  return /^\d{4}-\d{2}-\d{2}/.exec(textOf(value) ?? "")?.[0];
}

/** A port published in a compose file that was not, or not for everybody, before. */
function denyPorts(before: readonly unknown[], after: readonly unknown[]): string | undefined {
  const open = (documents: readonly unknown[]): Set<string> =>
    new Set(
      documents.flatMap((one) =>
        Object.entries(
          isRecord(valueAt(one, "services")) ? (valueAt(one, "services") as object) : {},
        ).flatMap(([name, service]) =>
          itemsOf(valueAt(service, "ports"))
            .filter(isOpen)
            .map((port) => `${name} ${portOf(port)}`),
        ),
      ),
    );
  const known = open(before);
  const fresh = [...open(after)].find((one) => !known.has(one));
  return fresh === undefined
    ? undefined
    : `port ${fresh.split(" ").join(": ")} would be open to the world; publish it on the address that is scraped`;
}

function isOpen(port: unknown): boolean {
  if (isRecord(port)) return port.published !== undefined && isWorld(textOf(port.host_ip));
  const text = textOf(port) ?? "";
  const parts = text.replace(/\/\w+$/, "").split(":");
  return (
    parts.length > 1 &&
    isWorld(parts.length === 2 ? undefined : text.slice(0, text.lastIndexOf(":", text.lastIndexOf(":") - 1)))
  );
}

function portOf(port: unknown): string {
  return isRecord(port) ? `${textOf(port.published)}:${textOf(port.target)}` : (textOf(port) ?? "");
}

export function isWorld(address: string | undefined): boolean {
  return address === undefined || /^(?:|0\.0\.0\.0|\[?::\]?|0\.0\.0\.0\/0|::\/0)$/.test(address);
}
