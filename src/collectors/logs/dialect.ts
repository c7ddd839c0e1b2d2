// The dialects of log lines: which level, time, message and fields a line carries.
import { readJsonLine } from "./json-line.ts";
import { levelOfWord } from "./level.ts";
import { readLogfmt } from "./logfmt.ts";
import { readPlain } from "./plain.ts";
import { fileName, type LogRecord } from "./record.ts";

/** More of a line is not read: fields stand at its beginning, only long values make it long. */
const longest = 65_536;

/** Reads a line that has no prefixes left. Never throws. */
export function readDialect(content: string): LogRecord {
  const line = content.length > longest ? content.slice(0, longest) : content;
  return readJsonLine(line) ?? readKlog(line) ?? readLogfmt(line) ?? readPlain(line);
}

const klog = /^([IWEF])(?:\d{4}|\d{8}) \d\d:\d\d:\d\d\.\d{1,9}\s+\d{1,10}\s+([\w./+-]{1,200}):\d{1,6}\]\s?/;

function readKlog(line: string): LogRecord | undefined {
  const match = klog.exec(line);
  if (!match) return undefined;
  const rest = line.slice(match[0].length);
  // Structured klog: `"Failed to do" err="…" pod="…"`.
  const structured = /^"((?:[^"\\]|\\.){1,2000})"(?:\s|$)/.exec(rest);
  const fields = structured ? readLogfmt(rest.slice(structured[0].length))?.fields : undefined;
  const level = levelOfWord(match[1] ?? "");
  return {
    dialect: "klog",
    ...(level ? { level } : {}),
    msg: structured?.[1] ?? rest,
    ...(fields ? { fields } : {}),
    file: fileName(match[2] ?? ""),
  };
}
