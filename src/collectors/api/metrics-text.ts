// The text exposition format: pasted lines of /metrics, textfile collector files, `promtool query instant` and federate answers.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { headOf, hostOf, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseValue } from "./query-result.ts";

const maxSamples = 100_000;
const comment = /^#\s(?:HELP|TYPE|UNIT)\s[A-Za-z_:][\w:]{0,200}(?:\s|$)|^#\sEOF$/;
const sample =
  /^([A-Za-z_:][\w:]{0,300})(\{.{0,10000}\})?\s{1,10}(?:=>\s{0,5})?([-+]?(?:\d[\d.]{0,40}(?:[eE][-+]?\d{1,4})?|\.\d{1,40}|Inf|NaN))(?:\s{1,5}@?\[?-?[\d.]{1,25}\]?)?(?:\s#\s\{.{0,500})?$/;
const label = /([A-Za-z_]\w{0,200})="((?:[^"\\]|\\.){0,4000})"/g;

export const metricsText: Parser = {
  id: "metrics-text",
  reads: "/metrics in text form, whole or a few lines",
  provides: ["metrics.samples"],
  startsAt: (line) => comment.test(line) && line.startsWith("# HELP"),
  recognise(segment) {
    const head = headOf(segment, 30);
    if (head.some((line) => comment.test(line)) && head.some((line) => sample.test(line.trim()))) return 0.95;
    const samples = head.filter((line) => isSample(line)).length;
    return samples > 0 && samples * 10 >= head.length * 8 ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("metrics.samples");
    let count = 0;
    for (const line of linesOf(segment)) {
      const match = sample.exec(line.text.trim());
      if (!match) continue;
      if (count++ >= maxSamples) {
        const detail = `only the first ${maxSamples} samples were read`;
        emit.gap({ what: segment.source, because: "too-large", detail, at: placeOf(segment, line.index) });
        return;
      }
      emitSample(segment, line.index, match, emit);
    }
  },
};

/** Without HELP lines around it a sample must look like one: labels in braces, or a name with an underscore. */
function isSample(line: string): boolean {
  const [, name = "", labels] = sample.exec(line.trim()) ?? [];
  return labels === undefined
    ? /^[a-z]\w{0,100}_\w{0,200}$/.test(name)
    : /^\{(?:\s*[A-Za-z_]\w*\s*=\s*"|\s*\}$)/.test(labels);
}

function emitSample(segment: Segment, index: number, match: RegExpExecArray, emit: Emit): void {
  const [, name = "", written = "", number] = match;
  const value = parseValue(number);
  if (value === undefined) return;
  const labels: Record<string, string> = {};
  for (const [, key = "", text = ""] of written.matchAll(label))
    labels[key] = text.replace(/\\(["\\n])/g, (_whole, char: string) => (char === "n" ? "\n" : char));
  emit.fact(
    "metrics.samples",
    given({ at: placeOf(segment, index), host: hostOf(segment), name, labels, value }),
  );
}
