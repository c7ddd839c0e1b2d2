// The pieces below every text format: printable text, columns, wrapping, eliding, finding the decisive part.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decisivePart } from "../../src/report/decisive.ts";
import { escapeMarkdown, fenced, inlineCode } from "../../src/report/markdown/escape.ts";
import { rows } from "../../src/report/text/rows.ts";
import { ascii, visible } from "../../src/report/text/safe.ts";
import { columns, elideAround, wrap } from "../../src/report/text/width.ts";

describe("printable text", () => {
  test("shows control sequences, overrides and lone surrogates", () => {
    expect(visible("\x1b[31m\x07a\u202eb\ud800c\r\nd\te")).toBe("\\e[31m\\x07a\\u{202e}b\\u{d800}c\nd  e");
    expect(visible("日本 é 🙂")).toBe("日本 é 🙂");
  });
  test("ASCII only, whatever comes in", () => {
    expect(ascii("a → b … “x” é 日")).toBe('a -> b ... "x" e \\u{65e5}');
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(ascii(visible(text))).toMatch(/^[\x0a\x20-\x7e]*$/);
      }),
    );
  });
});

describe("width", () => {
  test("counts columns of wide signs, marks and emoji", () => {
    expect(columns("日本")).toBe(4);
    expect(columns("e\u0301")).toBe(1);
    expect(columns("🙂")).toBe(2);
  });
  test("wrapping keeps the width and loses no word", () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 60 }), fc.integer({ min: 8, max: 60 }), (text, width) => {
        const lines = wrap(text, width);
        for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
        expect(lines.join("").replace(/ /g, "")).toBe(text.replace(/ /g, ""));
      }),
    );
  });
  test("wide text wraps without cutting a sign", () => {
    for (const line of wrap("磁盘空间不足".repeat(10), 15)) expect(columns(line)).toBeLessThanOrEqual(15);
  });
  test("eliding keeps the marked part in view and within the width", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 300 }),
        fc.string({ minLength: 1, maxLength: 20 }),
        fc.string({ maxLength: 300 }),
        fc.integer({ min: 40, max: 120 }),
        (before, middle, after, width) => {
          const text = before + middle + after;
          const mark = { start: before.length, end: before.length + middle.length };
          const elided = elideAround(text, mark, width, "…");
          expect(columns(elided.text)).toBeLessThanOrEqual(Math.max(width, columns(middle)));
          expect(elided.text.slice(elided.mark?.start, elided.mark?.end)).toBe(middle);
        },
      ),
    );
  });
  test("rows of a quote keep every sign and the mark", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 8, max: 80 }), (text, width) => {
        const laid = rows(text, { start: 0, end: text.length }, width);
        expect(
          laid
            .map((row) => row.text)
            .join("")
            .replace(/\s/g, ""),
        ).toBe(text.replace(/\s/g, ""));
      }),
    );
  });
});

describe("the decisive part of a quoted line", () => {
  const part = (excerpt: string, says: string, pointer?: string) => {
    const range = decisivePart(
      excerpt,
      { says, subject: { kind: "component", id: "mon/prometheus" } },
      pointer,
    );
    return range && excerpt.slice(range.start, range.end);
  };
  test.each([
    [
      "frontend_address: 127.0.0.1:9095",
      "the worker dials 127.0.0.1:9095; gRPC listens on 9096",
      "127.0.0.1:9095",
    ],
    ['- "127.0.0.1:9100:9100"', "publishes 127.0.0.1:9100 only", "127.0.0.1:9100"],
    [
      'level=error err="opening storage failed: lock DB directory: open /p/lock: permission denied"',
      "it cannot start",
      "open /p/lock: permission denied",
    ],
    ["Warning  BackOff  kubelet  container exited: OOMKilled", "too little memory", "OOMKilled"],
    ["2026-01-01T00:00:00Z nothing to see here", "2026-01-01T00:00:00Z was the time", undefined],
    ["prometheus started", "prometheus on mon/prometheus is down", undefined],
  ])("%s", (excerpt, says, expected) => {
    expect(part(excerpt, says)).toBe(expected);
  });
  test("the value a pointer leads to", () => {
    expect(part("        runAsUser: 1000,", "other words", "spec.securityContext.runAsUser")).toBe("1000");
    expect(part('  "image": "a/b:latest"', "other words", "spec.image")).toBe('"a/b:latest"');
  });
  test("a hostile line takes no time", () => {
    const begin = performance.now();
    for (const line of [
      `err="${'\\"'.repeat(50_000)}`,
      "a ".repeat(50_000),
      "x509: ".repeat(20_000),
      `err=${": ".repeat(50_000)}`,
    ]) {
      part(line, "a a a a a a a a");
      part(line.slice(0, 3900), "a ".repeat(2000));
    }
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

describe("Markdown", () => {
  test("text stays text", () => {
    expect(escapeMarkdown("<b> | `x` *a* _b_ [c](d) @team #12 a_b https://x.y 1. z $e$")).toBe(
      "&lt;b&gt; &#124; `x` \\*a\\* \\_b\\_ \\[c\\](d) &#64;team &#35;12 a_b https<span></span>://x.y 1. z <span>$</span>e<span>$</span>",
    );
    expect(escapeMarkdown("- a")).toBe("\\- a");
    expect(escapeMarkdown("1. a")).toBe("1\\. a");
  });
  test("code spans hold anything", () => {
    expect(inlineCode("a b")).toBe("`a b`");
    expect(inlineCode("a|`b`</code>")).toBe("<code>a&#124;&#96;b&#96;&#60;/code&#62;</code>");
  });
  test("a fence is longer than any run of backticks inside", () => {
    expect(fenced("a\n````\nb", "text")).toEqual(["`````text", "a", "````", "b", "`````"]);
  });
});
