// logfmt: go-kit, slog's text handler, logrus, Grafana old and new, klog's fields.
import { levelOfWord } from "./level.ts";
import { fileName, type LogRecord } from "./record.ts";
import { parseTime } from "./time.ts";

const mostFields = 64;
const longestValue = 4_000;
const key = /[A-Za-z_@][\w.@/-]{0,80}=/y;
const known = /(?:^|\s)(?:level|lvl|msg|ts|t|time|caller|logger|err|error|component|source)=/;

/** Undefined when the line does not begin with `key=` or has none of the keys loggers write. */
export function readLogfmt(line: string): LogRecord | undefined {
  key.lastIndex = 0;
  if (!key.test(line) || !known.test(line)) return undefined;
  const fields: Record<string, string> = {};
  const components: string[] = [];
  let at = 0;
  // What stands between pairs is skipped, so a line cut anywhere still gives what it has.
  for (let count = 0; at < line.length && count < mostFields; ) {
    key.lastIndex = at;
    if (!key.test(line)) {
      const space = line.indexOf(" ", at);
      if (space < 0) break;
      at = space + 1;
      continue;
    }
    count += 1;
    const start = key.lastIndex;
    const name = line.slice(at, start - 1).toLowerCase();
    const isQuoted = line.charCodeAt(start) === quote;
    at = isQuoted ? quotedEnd(line, start + 1) : bareEnd(line, start);
    const value = isQuoted
      ? quoted(line, start + 1, at)
      : line.slice(start, Math.min(at, start + longestValue));
    if (isQuoted) at = Math.min(at + 1, line.length);
    while (line[at] === " " || line[at] === "\t") at += 1;
    if (name === "component" && components.length < 4) components.push(value);
    // `level` of the record comes first where a logger and its caller both set it.
    if (name === "level" && fields.level !== undefined) continue;
    if (name !== "__proto__") fields[name] = value;
  }
  return recordOf("logfmt", fields, components);
}

/** The same keys mean the same in logfmt and JSON. */
export function recordOf(
  dialect: "logfmt" | "json",
  fields: Readonly<Record<string, string>>,
  components: readonly string[],
): LogRecord {
  const level = levelOfWord(
    fields.level ?? fields.lvl ?? fields.severity ?? fields["log.level"] ?? fields["@level"] ?? "",
  );
  const timeMs = parseTime(
    fields.ts ?? fields.time ?? fields.t ?? fields.timestamp ?? fields["@timestamp"] ?? fields.date ?? "",
  );
  const msg = fields.msg ?? fields.message ?? fields["@message"];
  const caller = fields.caller ?? fields.source ?? fields["@caller"];
  return {
    dialect,
    ...(level ? { level } : {}),
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(msg === undefined ? {} : { msg }),
    fields,
    ...(caller && /\.go(?::\d+)?$/.test(caller) ? { file: fileName(caller) } : {}),
    ...(components.length > 0 ? { components } : {}),
  };
}

const quote = 34;
const backslash = 92;

function bareEnd(line: string, start: number): number {
  const space = line.indexOf(" ", start);
  return space < 0 ? line.length : space;
}

/** The closing quote, or the end of the line. */
function quotedEnd(line: string, start: number): number {
  let i = start;
  for (; i < line.length; i += 1) {
    const code = line.charCodeAt(i);
    if (code === quote) break;
    if (code === backslash) i += 1;
  }
  return i;
}

function quoted(line: string, start: number, end: number): string {
  const raw = line.slice(start, Math.min(end, start + longestValue));
  return raw.includes("\\") ? unquote(raw) : raw;
}

function unquote(raw: string): string {
  return raw.replace(/\\([\s\S])/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}
