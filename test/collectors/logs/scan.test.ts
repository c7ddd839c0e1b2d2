// The scan finds what a plain loop over all lines and patterns finds, however the bytes arrive.
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readLogStream } from "../../../src/collectors/logs/collect.ts";
import { stripPrefix } from "../../../src/collectors/logs/prefix.ts";
import { shapeOf } from "../../../src/collectors/logs/shape.ts";
import { snippetLines } from "../../../src/collectors/logs/snippets.ts";
import { compilePattern } from "../../../src/model/pattern.ts";
import { collect, collectChunks, origin } from "./collected.ts";

const words = [
  "lock",
  "DB",
  "directory",
  "größe",
  "refused",
  "Straße",
  "cannot",
  "OPEN",
  "file",
  "日本",
  "é",
  "i/o",
  "a.b",
  "x|y",
  "(z)",
  "<by>",
  "404",
];
const word = fc.constantFrom(...words);
const gap = fc.constantFrom(" ", "  ", "\t", "\u00a0", " \u2003 ");
const pattern = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: word },
      { weight: 1, arbitrary: fc.constantFrom("…", "{name}", "{rest*}", "{n#}") },
    ),
    {
      minLength: 2,
      maxLength: 5,
    },
  )
  .map((parts) => parts.join(" "))
  .filter((text) => isPattern(text));
const noise = fc.oneof(
  { weight: 8, arbitrary: word },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "\u0000",
      "\u001b[31m",
      '"',
      '\\"',
      "17",
      "4",
      "ſ",
      "K",
      "🙂",
      "\r",
      "level=info",
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 5 }).map((text) => text.replaceAll("\n", " ")) },
);
const line = fc
  .array(fc.tuple(noise, gap), { maxLength: 9 })
  .map((parts) => parts.map(([text, white]) => text + white).join(""));
const upper = fc.tuple(line, fc.boolean()).map(([text, loud]) => (loud ? text.toUpperCase() : text));
const source = fc
  .tuple(fc.array(upper, { maxLength: 40 }), fc.constantFrom("\n", "\r\n"))
  .map(([lines, end]) => lines.join(end));

function isPattern(text: string): boolean {
  try {
    compilePattern(text);
    return true;
  } catch {
    return false;
  }
}

/** Numbers of the lines that match, the slow way. */
function naive(text: string, patterns: readonly string[]): readonly number[] {
  const compiled = patterns.map(compilePattern);
  const skipped = snippetLines(text);
  return text.split("\n").flatMap((raw, i) => {
    const bare = stripPrefix(raw.replace(/\u001b\[[0-9;?]{0,40}[A-Za-z]/g, "")).text;
    return !skipped.has(i) && compiled.some(({ regex }) => regex.test(bare)) ? [i] : [];
  });
}

describe("the scan", () => {
  test("finds exactly the lines a loop over all patterns finds", () => {
    fc.assert(
      fc.property(source, fc.array(pattern, { minLength: 1, maxLength: 12 }), (text, patterns) => {
        const shape = shapeOf(text);
        fc.pre(shape === "log" || shape === "note");
        const compiled = patterns.map(compilePattern);
        const { lines } = collect(text, patterns);
        const hits = lines.filter(({ text: found }) => compiled.some(({ regex }) => regex.test(found)));
        const expected = naive(text, patterns);
        // Folded lines are counted, not shown.
        expect(hits.reduce((sum, { count }) => sum + (count ?? 1), 0)).toBe(expected.length);
        for (const { index } of hits) expect(expected).toContain(index);
        const shown = new Set(hits.map(({ index }) => index));
        if (expected.length > 0) expect(shown).toContain(expected[0]);
        if (expected.length > 0) expect(shown).toContain(expected.at(-1));
      }),
      { numRuns: 150 },
    );
  });

  test("gives the same facts whole and in chunks of any size", async () => {
    await fc.assert(
      fc.asyncProperty(
        source,
        fc.array(pattern, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 8 }),
        async (text, patterns, sizes) => {
          fc.pre(snippetLines(text).size === 0 && ["log", "note"].includes(shapeOf(text)));
          const whole = collect(text, patterns);
          expect(await collectChunks(Buffer.from(text), sizes, patterns)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("shows only text that stands in the source", () => {
    fc.assert(
      fc.property(source, fc.array(pattern, { minLength: 1, maxLength: 5 }), (text, patterns) => {
        const lines = text.split("\n");
        for (const { text: shown, at } of collect(text, patterns).lines) {
          const raw = (lines[(at.line ?? 1) - 1] ?? "").replace(/\u001b\[[0-9;?]{0,40}[A-Za-z]/g, "");
          expect(raw).toContain(shown);
        }
      }),
    );
  });

  test("survives any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (bytes) => {
        await collectChunks(bytes, [64], ["cannot open"]);
      }),
    );
  });
});

describe("large sources", () => {
  const row = (i: number): string =>
    `ts=2025-01-02T03:${String(i % 60).padStart(2, "0")}:05.${i}Z caller=x.go:${i} level=info msg="flushed" took=${i}ms\n`;

  test("a message that repeats is one line with its count, first and last kept", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) =>
      i % 100 === 7
        ? `ts=2025-01-02T03:04:05.${i}Z caller=x.go:9 level=error msg="cannot open" attempt=${i} trace=${"0a1b2c3d4e5f".repeat(2)}${i}\n`
        : row(i),
    );
    const { lines, gaps } = await collectChunks(Buffer.from(rows.join("")), [65_536, 1_000], ["cannot open"]);
    const hits = lines.filter(({ text }) => text.includes("cannot open"));
    expect(hits.map(({ index, count, at }) => ({ index, count: count ?? 1, line: at.line }))).toEqual([
      { index: 7, count: 599, line: 8 },
      { index: 59_907, count: 1, line: 59_908 },
    ]);
    expect(lines.filter(({ index }) => index < 3)).toHaveLength(3);
    expect(lines.filter(({ index }) => index >= 59_997)).toHaveLength(3);
    expect(gaps).toEqual([]);
  });

  test("more different messages than are kept are counted and told", async () => {
    const name = (i: number): string =>
      Array.from(String(i), (digit) => "abcdefghij"[Number(digit)]).join("");
    const rows = Array.from(
      { length: 500 },
      (_, i) => `level=error msg="cannot open" path=/data/${name(i)}\n`,
    );
    const { lines, gaps } = collect(rows.join(""), ["cannot open"]);
    expect(lines.reduce((sum, { count }) => sum + (count ?? 1), 0)).toBe(500);
    expect(lines.length).toBeLessThan(300);
    expect(gaps).toMatchObject([{ because: "too-large", what: "a.log" }]);
  });

  test("a line without end is read at its beginning, and the next one is found", async () => {
    const long = `level=error msg="cannot open" data=${"x".repeat(3_000_000)} hidden words here`;
    const text = `${row(1)}${long}\n${row(2)}level=error msg="cannot close"\n`;
    for (const sizes of [[65_536], [1_000_000], [999]]) {
      const { lines } = await collectChunks(Buffer.from(text), sizes, ["cannot {what}", "hidden words"]);
      const bad = lines.filter(({ level }) => level === "error");
      expect(bad.map(({ index }) => index)).toEqual([1, 3]);
      expect(bad[0]?.text.length).toBeLessThan(40_000);
    }
    expect(
      collect(text, ["cannot {what}", "hidden words"]).lines.filter(({ level }) => level === "error"),
    ).toHaveLength(2);
  });

  test("UTF-16 from PowerShell is read", async () => {
    const text = Buffer.from('\ufefflevel=error msg="cannot open"\r\nlevel=info msg=x\r\n', "utf16le");
    const { lines } = await collectChunks(text, [7], ["cannot open"]);
    expect(lines[0]).toMatchObject({ text: 'level=error msg="cannot open"', level: "error" });
  });

  test("configuration and scripts are not read as logs", async () => {
    const script = "#!/bin/bash\nset -e\necho 'cannot open'\n".repeat(3_000);
    expect((await collectChunks(Buffer.from(script), [4_096], ["cannot open"])).lines).toEqual([]);
  });
});

describe("a file too large to be held", () => {
  async function* once(text: string): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text);
  }

  test("gives facts when it is a log", async () => {
    const { facts, gaps } = await readLogStream(origin, once('level=error msg="cannot open"\n'), [
      "cannot open",
    ]);
    expect(facts["text.lines"]).toMatchObject([
      { text: 'level=error msg="cannot open"', at: { source: "a.log", line: 1 } },
    ]);
    expect(gaps).toEqual([]);
  });

  test("gives a gap when it is anything else", async () => {
    const { facts, gaps } = await readLogStream(origin, once("server:\n  x: 1\n  y: cannot open\n"), [
      "cannot open",
    ]);
    expect(facts["text.lines"]).toEqual([]);
    expect(gaps).toMatchObject([{ what: "a.log", because: "too-large" }]);
  });
});

describe("hostile input", () => {
  const long = 300_000;
  test.each([
    ["blanks", " ".repeat(long)],
    ["NULs and a message", `${"\0".repeat(long)}level=error msg=x`],
    ["quotes", '"'.repeat(long)],
    ["backslashes in JSON", `{"log":"${"\\".repeat(long)}`],
    ["keys without end", "a=".repeat(long)],
    ["nested JSON", `{"level":"error","msg":${"[".repeat(long)}`],
    ["labels", `{${'a="b",'.repeat(long)}`],
    ["dials", "dial tcp 1.1.1.1:1: ".repeat(20_000)],
    ["lookups", "lookup a on b:53: ".repeat(20_000)],
    ["pipes", "a | ".repeat(long / 4)],
    ["dashes", `${"a-".repeat(long / 2)} | x`],
    ["almost a pattern", "cannot open ".repeat(20_000)],
    ["urls", 'Get "http://'.repeat(20_000)],
  ])("%s", (_name, text) => {
    const started = performance.now();
    collect(`${text}\n${text}x\nlevel=error msg="cannot open"\n`, [
      "cannot {what} the {thing}: {reason*} in {place*}: never",
      "{a*} cannot open {b*} file {c*} end",
      "cannot open {b*} cannot open {c#} cannot open",
    ]);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
