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
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const components: string[] = [];
  let count = 0;
  for (const [name, value] of pairs(line)) {
    if (count++ >= mostFields) break;
    if (name === "component" && components.length < 4) components.push(value);
    // `level` of the record comes first where a logger and its caller both set it.
    if (name === "level" && fields.level !== undefined) continue;
    fields[name] = value;
  }
  return recordOf("logfmt", { ...fields }, components);
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

/** `a=b c="d \"e\"" f`: what stands between pairs is skipped, so a line cut anywhere still gives what it has. */
function* pairs(line: string): Generator<readonly [string, string]> {
  let at = 0;
  while (at < line.length) {
    key.lastIndex = at;
    const match = key.exec(line);
    if (!match) {
      const space = line.indexOf(" ", at);
      if (space < 0) return;
      at = space + 1;
      continue;
    }
    const name = match[0].slice(0, -1).toLowerCase();
    const start = at + match[0].length;
    const [value, end] = line[start] === '"' ? quoted(line, start + 1) : bare(line, start);
    yield [name, value];
    at = end;
    while (line[at] === " " || line[at] === "\t") at += 1;
  }
}

function bare(line: string, start: number): readonly [string, number] {
  const space = line.indexOf(" ", start);
  const end = space < 0 ? line.length : space;
  return [line.slice(start, Math.min(end, start + longestValue)), end];
}

function quoted(line: string, start: number): readonly [string, number] {
  let i = start;
  let escaped = false;
  while (i < line.length && line[i] !== '"') {
    if (line[i] === "\\") escaped = true;
    i += line[i] === "\\" ? 2 : 1;
  }
  const raw = line.slice(start, Math.min(i, start + longestValue));
  return [escaped ? unquote(raw) : raw, Math.min(i + 1, line.length)];
}

function unquote(raw: string): string {
  return raw.replace(/\\([\s\S])/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}
