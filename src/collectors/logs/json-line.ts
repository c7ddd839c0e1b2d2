// JSON log lines: go-kit, zap, slog and pino keys. A line cut off in the middle still gives the keys it has.

import { recordOf } from "./logfmt.ts";
import type { LogRecord } from "./record.ts";

const mostFields = 64;
const longestValue = 4_000;
const logKeys = /"(?:level|lvl|severity|msg|message|@message|ts|caller|logger)"\s*:/i;

export function readJsonLine(line: string): LogRecord | undefined {
  if (!line.startsWith("{") || !logKeys.test(line)) return undefined;
  const fields = parsed(line) ?? scraped(line);
  const component = fields.component;
  return recordOf("json", fields, component === undefined ? [] : [component]);
}

function parsed(line: string): Record<string, string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields: Record<string, string> = {};
  for (const [key, item] of Object.entries(value).slice(0, mostFields)) {
    const name = key.toLowerCase().slice(0, 80);
    if (name === "__proto__" || fields[name] !== undefined) continue;
    fields[name] = textOf(item);
  }
  return fields;
}

/** slog writes `source` as an object with `file` and `line`. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value.slice(0, longestValue);
  if (typeof value === "object" && value !== null && "file" in value && typeof value.file === "string") {
    return "line" in value ? `${value.file}:${String(value.line)}` : value.file;
  }
  return (JSON.stringify(value) ?? "").slice(0, longestValue);
}

function scraped(line: string): Record<string, string> {
  const fields: Record<string, string> = {};
  let count = 0;
  for (const match of line.matchAll(
    /"([\w.@-]{1,80})"\s*:\s*(?:"((?:[^"\\]|\\.){0,4000})|(-?[\d.eE+]{1,30}))/g,
  )) {
    if (count++ >= mostFields) break;
    const name = (match[1] ?? "").toLowerCase();
    if (name === "__proto__" || fields[name] !== undefined) continue;
    fields[name] = match[3] ?? (match[2] ?? "").replace(/\\(["\\/])/g, "$1").replaceAll("\\n", "\n");
  }
  return fields;
}
