// What kind of text a segment is: a log, command output, prose, or a file of code or configuration that is no log at all.
import type { Segment } from "../../model/evidence.ts";
import { readDialect } from "./dialect.ts";
import { stripPrefix } from "./prefix.ts";

export type Shape = "log" | "note" | "code" | "config" | "markup";

const mostLines = 400;
const longestLine = 2_000;
/** Crash messages and stack traces between the lines of a logger are part of its log; a quoted line makes prose no log. */
const logShare = 0.3;

const shebang = /^#!\s*\/\S*/;
const codeLine =
  /^\s*(?:#include\b|import\s+[\w"'{*(]|from\s+[\w.]+\s+import\b|package\s+\w+;?$|(?:export\s+)?(?:const|let|var|function|class|interface|type|enum)\s+\w+|(?:public|private|protected|static)\s|def\s+\w+\(|func\s+(?:\(\w+ \S+\) )?\w+\(|return\b.*[;)]?$|if\s+\[\[?\s|if\s*\(.*\)\s*\{?$|elif\b|else\s*\{?$|fi$|done$|esac$|then$|do$|for\s+\w+\s+in\b.*;?|while\s+.*;?\s*do$|case\s+.*\s+in$|echo\s+["'$-]|printf\s+["']|local\s+\w+=|set\s+-[euxo]|\w+\(\)\s*\{$|[\])}]+;?,?$|\/\/\s|\/\*|\*\/|@\w+\(|try\s*\{|\}\s*catch)/;
const assignment = /^\s*(?:export\s+)?[A-Za-z_]\w*=(?:["'$(]|[\w./:-]*$)/;
const yamlLine =
  /^\s*(?:- )?(?:"[^"]{1,100}"|'[^']{1,100}'|[A-Za-z_][\w./-]{0,80}):(?:\s+(?:[|>][+-]?\d?|\S.*))?$|^\s*- \S/;
const yamlNest = /^\s*(?:- )?[\w."'/-]{1,100}:\s*(?:[|>][+-]?)?$/;
const iniLine = /^\s*(?:\[[\w. "/:-]{1,80}\]|[;#].*|[\w.-]{1,80}\s*=\s*\S.*|[\w.-]{1,80}\s*=)$/;
const hclLine = /^\s*(?:[\w.]+(?:\s+"[^"]*")*\s*\{|\}|[\w]+\s*=\s*(?:\[|\{|"|\w)|\/\/.*)/;
const markupLine = /^\s*<(?:\/?[A-Za-z!?]|!--)/;

const known = new WeakMap<Segment, Shape>();

/** The shape of a segment; every reader of the segment asks for it. */
export function shapeOfSegment(segment: Segment): Shape {
  const shape = known.get(segment) ?? shapeOf(segment.text);
  known.set(segment, shape);
  return shape;
}

/** Judged from the first lines. Cheap: every line is looked at up to a cap. */
export function shapeOf(text: string): Shape {
  const lines = headLines(text);
  const filled = lines.filter((line) => /\S/.test(line));
  if (shebang.test(lines[0] ?? "")) return "code";
  if (isJsonDocument(text)) return "config";
  const count = {
    log: 0,
    code: 0,
    yaml: 0,
    nest: 0,
    ini: 0,
    section: 0,
    hcl: 0,
    markup: 0,
    brace: 0,
    all: 0,
  };
  for (const line of filled) {
    count.all += 1;
    if (isLogLine(line)) {
      count.log += 1;
      // Enough of them: no other line changes the answer.
      if (count.log / filled.length >= logShare) return "log";
      continue;
    }
    if (codeLine.test(line) || assignment.test(line)) count.code += 1;
    if (yamlLine.test(line) || /^\s*#/.test(line)) count.yaml += 1;
    if (yamlNest.test(line) || /^\s*- \S/.test(line)) count.nest += 1;
    if (iniLine.test(line)) count.ini += 1;
    if (/^\s*\[[\w. -]+\]$/.test(line)) count.section += 1;
    if (hclLine.test(line)) count.hcl += 1;
    if (/\{\s*$/.test(line)) count.brace += 1;
    if (markupLine.test(line)) count.markup += 1;
  }
  return judge(count);
}

type Counts = Record<
  "log" | "code" | "yaml" | "nest" | "ini" | "section" | "hcl" | "markup" | "brace" | "all",
  number
>;

function judge(count: Counts): Shape {
  const share = (n: number): number => n / Math.max(1, count.all);
  if (share(count.log) >= logShare) return "log";
  if (share(count.markup) > 0.5) return "markup";
  if (count.brace > 0 && count.hcl > 2 && share(count.hcl) > 0.7) return "config";
  if (count.all >= 3 && count.nest > 0 && share(count.yaml) > 0.8) return "config";
  if (count.section > 0 && count.all >= 2 && share(count.ini) > 0.8) return "config";
  if (count.code >= 4 && share(count.code) > 0.35) return "code";
  return "note";
}

/** A line a logger wrote: it has a prefix that names its origin or time, or one of the structured dialects. */
export function isLogLine(line: string): boolean {
  const bare = stripPrefix(line.length > longestLine ? line.slice(0, longestLine) : line);
  const record = readDialect(bare.content);
  if (record.dialect === "logfmt")
    return record.level !== undefined || record.timeMs !== undefined || record.msg !== undefined;
  if (record.dialect === "json") return record.level !== undefined || record.msg !== undefined;
  if (record.dialect !== "plain" && record.dialect !== "command") return true;
  return (
    bare.timeMs !== undefined ||
    bare.container !== undefined ||
    bare.pod !== undefined ||
    bare.process !== undefined
  );
}

/** One value over several lines, or one array: never a log of one object per line. */
function isJsonDocument(text: string): boolean {
  const head = /^\s*([[{])\s*(?:(["[{\]}])|$)/.exec(text.slice(0, 10_000));
  if (!head) return false;
  const first = text.slice(0, 200_000).trimStart().split("\n", 1)[0] ?? "";
  if (head[1] === "[") return /[\]}],?\s*$|\[\s*[{["]?\s*$/.test(first);
  return (
    /^\{\s*(?:"(?:[^"\\]|\\.){0,200}"\s*:\s*[[{]?)?\s*$/.test(first) ||
    /^\{"(?:apiVersion|kind|status|items|data)"/.test(first)
  );
}

function headLines(text: string): readonly string[] {
  const head = text.slice(0, 200_000);
  return head.split("\n", mostLines).map((line) => line.slice(0, longestLine));
}
