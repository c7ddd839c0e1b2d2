// What terminals, chats and editors leave in pasted text, and what must stay because it is the fault itself.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText } from "../../src/bundle/clean-text.ts";
import { toSegments } from "../../src/bundle/to-segments.ts";

const clean = (text: string | Uint8Array) => cleanText(text).lines.join("\n");

describe("decoding", () => {
  const text = 'level=error msg="naïve – ✓"\nnext\n';
  it.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
    ["UTF-16 LE with mark", Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")])],
    ["UTF-16 LE", Buffer.from(text, "utf16le")],
    [
      "UTF-16 BE with mark",
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(text, "utf16le").swap16()]),
    ],
    ["UTF-16 BE", Buffer.from(text, "utf16le").swap16()],
  ])("%s", (_, bytes) => expect(clean(bytes)).toBe(text));

  it("falls back to Windows-1252", () => {
    expect(clean(Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72, 0x80]))).toBe("Müller€");
  });

  it("keeps UTF-8 whose last letter was cut", () => {
    expect(clean(Buffer.from("prüfen ✓ ü").subarray(0, -1))).toBe("prüfen ✓ \ufffd");
  });

  it("drops the NULs of a truncated sparse log", () => {
    expect(clean(Buffer.concat([Buffer.alloc(5000), Buffer.from("level=info\n")]))).toBe("level=info\n");
  });
});

describe("terminals", () => {
  it.each([
    ["\x1b[31mred\x1b[0m text", "red text"],
    ["\x1b]0;title\x07$ ls", "$ ls"],
    ["\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"],
    ["\x1b(B\x1b[m\x1b=ok\x1b>", "ok"],
    ["^[[31mred^[[0m", "red"],
    ["[32mINFO[0m[0001] started", "INFO[0001] started"],
    ["array[0] stays[12m", "array[0] stays[12m"],
    ["10%\r20%\r100%", "100%"],
    ["text\r", "text"],
    ["B\bBo\bol\bld\bd", "Bold"],
    ["done\x07", "done"],
  ])("%j", (raw, expected) => expect(clean(raw)).toBe(expected));
});

describe("chats, mails, markdown", () => {
  it("takes quoting away, also nested", () => {
    expect(clean("Bob wrote:\n\n> a: 1\n> > b\n>\n> c\n")).toBe("Bob wrote:\n\na: 1\nb\n\nc\n");
  });
  it("leaves prompts, diffs and curl -v alone", () => {
    for (const text of [
      "> ls -l\n> df -h",
      "1c1\n< a\n---\n> b",
      "* Trying 1.2.3.4\n> GET / HTTP/1.1\n> Host: x",
    ]) {
      expect(clean(text)).toBe(text);
    }
  });
  it("blanks fences and outdents what they hold", () => {
    expect(clean("x\n  ```yaml\n  a:\n    b: 1\n  ```\ny")).toBe("x\n\na:\n  b: 1\n\ny");
  });
  it("outdents indented code", () =>
    expect(clean("    a:\n      b: 1\n\n    c: 2")).toBe("a:\n  b: 1\n\nc: 2"));
  it("removes time stamps of chats", () => {
    expect(clean("[10:32 AM] Alice: $ ls\n[10:33 AM] Alice: a.yml")).toBe("$ ls\na.yml");
    expect(clean("Alice  10:32 AM\nloki is down\nbob — Today at 10:33\nsee log")).toBe(
      "\nloki is down\n\nsee log",
    );
  });
  it("turns the spaces of a browser's copy back, and keeps a stray one in a config", () => {
    const copied = "NAME\u00a0 \u00a0READY\nloki\u00a0 \u00a00/1\nx\u00a0 \u00a0 \u00a01/1";
    expect(clean(copied)).toBe("NAME   READY\nloki   0/1\nx     1/1");
    const config = "a:\n  b: 1\n\u00a0 c: 2\n  d: 3";
    expect(clean(config)).toBe(config);
  });
  it("straightens quotes in log lines only", () => {
    expect(clean("level=error msg=“no such host”")).toBe('level=error msg="no such host"');
    expect(clean("expr: up{job=“node”} == 0")).toBe("expr: up{job=“node”} == 0");
  });
});

describe("for every text", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "$ docker ps",
      "# kubectl get pods",
      "> quoted",
      "```",
      "~~~",
      "root@mon:/# ls",
      "[a@b c]# x",
      "PS C:\\> dir",
      "\x1b[31mred\x1b[0m",
      "\x1b]0;t",
      "10%\r20%",
      "a\b\bb",
      "cat <<EOF",
      "EOF",
      "    indented",
      "=== x.yml ===",
      "==> /a/b <==",
      "1. docker ps",
      "[10:32 AM] Alice: x",
      "a: 1",
      "- b",
      "{",
      "}",
      "\u00a0 x",
      "",
    ),
    fc.string({ unit: "binary", maxLength: 60 }).map((text) => text.replaceAll("\n", "")),
  );
  const texts = fc.array(piece, { maxLength: 60 }).map((lines) => lines.join("\n"));

  it("keeps the number of lines and changes a line only by taking away", () => {
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(text.includes("\n") || !text.includes("\r"));
        const raw = text.replace(/^\ufeff/, "").split("\n");
        const { lines } = cleanText(text);
        expect(lines).toHaveLength(raw.length);
        for (const [i, line] of lines.entries()) {
          const original = raw[i] ?? "";
          if (!/[\x1b\x9b\b\r\x07\u00a0“”„]|\^\[\[|\[\d*m/.test(original)) expect(original).toContain(line);
        }
      }),
    );
  });

  it("gives segments whose lines stand where they say", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { lines } = cleanText(Buffer.from(text));
        for (const segment of toSegments({ kind: "text", source: "x", bytes: Buffer.from(text) })) {
          for (const [i, line] of segment.text.split("\n").entries()) {
            expect(lines[segment.startLine - 1 + i] ?? "").toContain(line);
          }
        }
      }),
    );
  });

  it("never throws on bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        toSegments({ kind: "text", source: "x", bytes });
      }),
    );
  });

  it.each([
    ["spaces", " ".repeat(3_000_000)],
    ["escapes", "\x1b[".repeat(1_000_000)],
    ["open OSC", "\x1b]0;".repeat(500_000)],
    ["backspaces", "a\b".repeat(1_000_000)],
    ["quotes", "> ".repeat(1_000_000)],
    ["hashes", "# ".repeat(1_000_000)],
    ["signs", "a@b:~$ ".repeat(400_000)],
    ["heredocs", "$ cat <<A\n".repeat(50_000)],
    ["open quotes", "$ echo 'a\n".repeat(50_000)],
    ["backslashes", "$ a \\\n".repeat(100_000)],
    ["backticks", "`".repeat(2_000_000)],
    ["words", "word ".repeat(600_000)],
    ["prompts", "$ ls\n".repeat(100_000)],
    ["headings", "=== a ===\n".repeat(100_000)],
    ["paragraphs", `$ ls\n${"Words that make a sentence here.\n\n".repeat(100_000)}`],
  ])("is done in time with many %s", (_, text) => {
    // Generous: the machine may be busy with other tests. Quadratic growth takes minutes with these sizes.
    const started = performance.now();
    toSegments({ kind: "text", source: "x", bytes: Buffer.from(text) });
    expect(performance.now() - started).toBeLessThan(12_000);
  });
});
