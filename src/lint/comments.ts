// Suppressions written as comments: `# watchmend-ignore RULE[, RULE] [until YYYY-MM-DD]: reason`, in any comment style.
import { type BadSuppression, type InlineSuppression, isDate } from "./suppression.ts";

export interface FoundComments {
  readonly suppressions: readonly InlineSuppression[];
  readonly bad: readonly BadSuppression[];
}

const longestLine = 2_000;
/** `#` of YAML and INI, `;` of INI, `//` and `/*` of Alloy and JSON with comments, `{{/*` of templates. */
const marker = /(?:^|\s|\})(?:#+|;+|\/\/+|(?:\{\{-?\s*)?\/\*+)\s*watchmend-ignore(-file)?(?![\w-])(.*)$/;
const body = /^\s+([\w*?/.-]+(?:\s*,\s*[\w*?/.-]+)*)(?:\s+until\s+([^\s:]+))?\s*(?::\s*(.*))?$/;

export function readComments(source: string, text: string): FoundComments {
  if (!text.includes("watchmend-ignore")) return { suppressions: [], bad: [] };
  const lines = text.split(/\r?\n/);
  const suppressions: InlineSuppression[] = [];
  const bad: BadSuppression[] = [];
  for (const [i, line] of lines.entries()) {
    const found = line.length > longestLine ? null : marker.exec(line);
    if (!found) continue;
    const at = { source, line: i + 1 };
    const parsed = readBody((found[2] ?? "").replace(/\s*\*\/(?:\s*-?\}\})?\s*$/, ""));
    if ("problem" in parsed) bad.push({ at, ...parsed });
    else if (found[1]) suppressions.push({ ...parsed, at, kind: "file", lines: [] });
    else suppressions.push({ ...parsed, at, kind: "line", lines: coveredLines(lines, i, found.index) });
  }
  return { suppressions, bad };
}

type Parsed = Pick<InlineSuppression, "rules" | "reason" | "until"> | Omit<BadSuppression, "at">;

const form = "write `watchmend-ignore RULE[, RULE] [until YYYY-MM-DD]: reason`";

function readBody(text: string): Parsed {
  const match = body.exec(text);
  if (!match?.[1])
    return { problem: "unreadable", because: `which rule it is about cannot be read; ${form}` };
  const rules = match[1].split(",").map((rule) => rule.trim());
  const until = match[2];
  const reason = match[3]?.trim() ?? "";
  if (until !== undefined && !isDate(until))
    return { problem: "unreadable", because: `${until} is no day of the form YYYY-MM-DD` };
  if (reason === "") return { problem: "no-reason", because: `it gives no reason; ${form}` };
  return { rules, reason, ...(until === undefined ? {} : { until }) };
}

/** Beside a value: that line. On a line of its own: the next line that is no comment of this kind. */
function coveredLines(lines: readonly string[], index: number, markerAt: number): number[] {
  const isAlone = (lines[index] ?? "").slice(0, markerAt).trim() === "";
  if (!isAlone) return [index + 1];
  let next = index + 1;
  while (next < lines.length && /^\s*(?:#|;|\/\/|\/\*)/.test(lines[next] ?? "")) next++;
  return [index + 1, next + 1];
}
