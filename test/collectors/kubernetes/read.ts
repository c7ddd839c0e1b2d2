// Runs pasted text through the recogniser with the Kubernetes parsers, as the tests of this folder need it.
import { kubernetesParsers } from "../../../src/collectors/kubernetes/index.ts";
import { recogniseAll } from "../../../src/collectors/recognise.ts";
import type { Segment } from "../../../src/model/evidence.ts";
import type { FactSet } from "../../../src/model/facts.ts";

/** `text` starts on line 1; an indented template literal loses its common indent. */
export function read(text: string, more: Partial<Segment> = {}): FactSet {
  return recogniseAll(
    [{ source: "paste.txt", startLine: 1, text: dedent(text), ...more }],
    kubernetesParsers,
  );
}

export function dedent(text: string): string {
  if (!text.startsWith("\n")) return text;
  const lines = text.slice(1).split("\n");
  const indents = lines.filter((line) => /\S/.test(line)).map((line) => line.search(/\S/));
  const common = Math.min(...indents);
  return lines.map((line) => line.slice(common)).join("\n");
}
