// Metrics as text: the exposition format of a /metrics page, lines of query results, promtool's `=> value @[time]`.
import type { Sample } from "../../model/api.ts";
import { given } from "../../model/given.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

/** Pages of 100,000 series exist; rules look at a handful. */
const maxSamples = 20_000;

const comment = /^# (?:HELP|TYPE|UNIT) [a-zA-Z_:][\w:]*(?: |$)/;
const value = String.raw`([+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|Inf|NaN|inf|nan))`;
const tail = new RegExp(
  String.raw`^\s*(?:=>\s*)?${value}(?:\s+-?\d{10,19}(?:\.\d+)?|\s*@\[?[\d.]+\]?)?(?:\s+#\s*\{.*)?\s*$`,
);
const nameAtStart = /^[a-zA-Z_:][\w:.]{0,255}/;

export const exposition: Parser = {
  id: "metrics-text",
  reads: 'text of /metrics, lines `name{label="value"} 1`, promtool query results',
  provides: ["metrics.samples"],
  recognise(segment) {
    const head = headOf(segment, 30);
    // what curl -v says of the connection comes first; it hands the body on
    if (/^(?:\*|<|>|HTTP\/[\d.]{1,3}) /.test(head[0]?.trim() ?? "")) return 0;
    if (head.some((line) => comment.test(line))) return 0.95;
    const own = head.filter((line) => readSample(line) !== undefined);
    if (own.length === 0 || own.length < head.length * 0.7) return 0;
    return own.some((line) => /\{[^}]*="/.test(line))
      ? 0.94
      : own.every((line) => /^[a-z][\w:]*_[\w:]+\s/.test(line))
        ? 0.85
        : 0;
  },
  parse(segment, emit) {
    emit.seen("metrics.samples");
    let count = 0;
    for (const line of linesOf(segment)) {
      const text = line.text.trim();
      if (text === "" || text.startsWith("#")) continue;
      const sample = readSample(text);
      if (!sample) {
        leaveAsText(segment, line, emit);
        continue;
      }
      count += 1;
      if (count <= maxSamples)
        emit.fact(
          "metrics.samples",
          given({ at: placeOf(segment, line.index), host: hostOf(segment), ...sample }),
        );
    }
    if (count > maxSamples) {
      emit.gap({
        what: segment.source,
        because: "too-large",
        detail: `${count} samples, of which the first ${maxSamples} were read`,
        at: placeOf(segment, 0),
      });
    }
  },
};

type Row = Pick<Sample, "name" | "labels" | "value">;

export function readSample(text: string): Row | undefined {
  const line = text.trim().slice(0, 8_192);
  const name = nameAtStart.exec(line)?.[0] ?? "";
  const labels = readLabels(line, name.length);
  if (name === "" && labels.end === name.length) return undefined;
  if (labels.end < 0) return undefined;
  const rest = line.slice(labels.end);
  if (!/^[\s=]/.test(rest)) return undefined;
  const match = tail.exec(rest);
  return match
    ? { name: name || (labels.values.__name__ ?? ""), labels: labels.values, value: numberOf(match[1] ?? "") }
    : undefined;
}

function numberOf(text: string): number {
  if (/inf$/i.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /nan/i.test(text) ? Number.NaN : Number(text);
}

/** Reads `{a="b",c="d"}` from `start`; `end` is -1 when it is broken, `start` when there is none. */
function readLabels(line: string, start: number): { values: Record<string, string>; end: number } {
  const values: Record<string, string> = {};
  let position = start;
  while (line[position] === " ") position += 1;
  if (line[position] !== "{") return { values, end: start };
  position += 1;
  for (;;) {
    while (/[\s,]/.test(line[position] ?? "")) position += 1;
    if (line[position] === "}") return { values, end: position + 1 };
    const key = /^(?:"[^"]{1,200}"|[a-zA-Z_][\w.:]{0,200})\s*=\s*"/.exec(
      line.slice(position, position + 500),
    );
    if (!key) return { values, end: -1 };
    position += key[0].length;
    let text = "";
    while (position < line.length && line[position] !== '"') {
      if (line[position] === "\\") {
        position += 1;
        text += line[position] === "n" ? "\n" : (line[position] ?? "");
      } else text += line[position];
      position += 1;
    }
    if (line[position] !== '"') return { values, end: -1 };
    position += 1;
    values[key[0].replace(/\s*=\s*"$/, "").replace(/"/g, "")] = text;
  }
}
