// The recogniser: best parser wins, children are followed, failures and unknown text become gaps.
import { describe, expect, it } from "vitest";
import type { Parser } from "../../src/collectors/parser.ts";
import { recogniseAll } from "../../src/collectors/recognise.ts";
import type { Segment } from "../../src/model/evidence.ts";

const segment = (text: string, startLine = 1): Segment => ({ source: "paste.txt", startLine, text });

const shopping: Parser = {
  id: "shopping",
  reads: "a list",
  provides: ["text.lines"],
  startsAt: (line) => line === "LIST",
  recognise: ({ text }) => (text.startsWith("LIST") ? 1 : 0),
  parse({ text, startLine }, emit) {
    if (text.includes("throw")) throw new Error("spilt milk");
    text
      .split("\n")
      .slice(1)
      .forEach((line, i) => {
        if (line) emit.text({ text: line, line: startLine + i + 1, stream: "output" });
      });
  },
};

describe("recogniseAll", () => {
  it("cuts a paste where outputs start and keeps the lines", () => {
    const { facts, gaps } = recogniseAll([segment("LIST\nmilk\nLIST\neggs\nbread", 10)], [shopping]);
    expect(facts["text.lines"].map(({ text, at, index }) => [text, at.line, index])).toEqual([
      ["milk", 11, 0],
      ["eggs", 13, 0],
      ["bread", 14, 1],
    ]);
    expect(gaps).toEqual([]);
  });

  it("turns an exception into a gap that names the parser", () => {
    const { gaps } = recogniseAll([segment("LIST\nthrow")], [shopping]);
    expect(gaps).toMatchObject([{ because: "unparseable", detail: expect.stringContaining("spilt milk") }]);
  });

  it("lists what nobody claims once per source", () => {
    const { gaps } = recogniseAll([segment("what\n"), segment("else\n", 7)], [shopping]);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.detail).toContain("line 1, 7");
  });

  it("stops at children that never end", () => {
    const endless: Parser = {
      id: "endless",
      reads: "anything",
      provides: [],
      recognise: () => 0.5,
      parse: (part, emit) => emit.segment({ ...part, text: `${part.text}x` }),
    };
    expect(recogniseAll([segment("a")], [endless]).gaps).toHaveLength(1);
  });
});
