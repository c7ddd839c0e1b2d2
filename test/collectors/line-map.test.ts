// Places of facts that were read from a string with \n escapes point at the line on which that string stands.
import { expect, it } from "vitest";
import { withLineMap } from "../../src/collectors/line-map.ts";
import type { Emit } from "../../src/collectors/parser.ts";
import type { Segment } from "../../src/model/evidence.ts";

it("moves facts, text, gaps and children", () => {
  const emitted: unknown[] = [];
  const push = (...args: unknown[]) => void emitted.push(args.at(-1));
  const sink: Emit = { fact: push, seen: push, segment: push, text: push, gap: push };
  const segment: Segment = { source: "a.json", startLine: 7, text: "x\ny\nz", lineMap: [7, 7, 8] };
  const emit = withLineMap(segment, sink);
  const at = { source: "a.json", line: 9 };
  emit.fact("metrics.samples", { at, name: "up", labels: {}, value: 1 });
  emit.text({ text: "y", line: 8, stream: "event" });
  emit.segment({ source: "a.json", startLine: 8, text: "y\nz" });
  expect(emitted).toEqual([
    { at: { source: "a.json", line: 8 }, name: "up", labels: {}, value: 1 },
    { text: "y", line: 7, stream: "event" },
    { source: "a.json", startLine: 7, text: "y\nz", lineMap: [7, 8] },
  ]);
});
