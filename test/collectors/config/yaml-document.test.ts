// The document reader: values, lines, Go's error wording, bounds, and agreement with an independent YAML library.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments, stringify } from "yaml";
import { readDocument, readDocuments } from "../../../src/collectors/config/yaml-document.ts";

function read(text: string) {
  const doc = readDocument({ source: "a", startLine: 1, text });
  if (!doc) throw new Error("no document");
  return doc;
}

describe("values and lines", () => {
  it("reads nested mappings and sequences with the line of every key", () => {
    const doc = read(
      "# head\nserver:\n  grpc_listen_port: 9096\nlist:\n- a: 1\n  b: [x, {y: 2}]\n- |\n  one\n  two\n",
    );
    expect(doc.value).toEqual({
      server: { grpc_listen_port: 9096 },
      list: [{ a: 1, b: ["x", { y: 2 }] }, "one\ntwo\n"],
    });
    expect(doc.lines["/server/grpc_listen_port"]).toBe(3);
    expect(doc.lines["/list/0/b/1/y"]).toBe(6);
    expect(doc.contentLine("/list/1")).toBe(8);
    expect(doc.lineOf("/server/absent/deeper")).toBe(2);
    expect(doc.at.line).toBe(2);
  });

  it("shifts lines by the start of the segment and by earlier documents", () => {
    const docs = readDocuments({
      source: "s",
      startLine: 11,
      text: "a: 1\n---\n# c\nb: 2\n...\n---\n---\nc: 3",
    });
    expect(docs.map((doc) => doc.value)).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
    expect(docs.map((doc) => doc.lineOf(`/${Object.keys(doc.value as object)[0]}`))).toEqual([11, 14, 18]);
  });

  it("follows YAML 1.1 as Go and PyYAML do", () => {
    const text =
      "mode: 0644\nhex: 0x1F\nyes: yes\noff: off\nfrom: 2020-10-24\nnull: ~\nbig: 1_000\nver: 1.10.1\nport: 3100";
    expect(read(text).value).toEqual({
      mode: 420,
      hex: 31,
      yes: true,
      off: false,
      from: "2020-10-24",
      null: null,
      big: 1000,
      ver: "1.10.1",
      port: 3100,
    });
  });

  it("reads explicit keys in flow collections as Go does, also over several lines", () => {
    expect(read("[ ?\n\n a ]").value).toEqual([{ a: null }]);
    expect(read("[? a, b]").value).toEqual([{ a: null }, "b"]);
    expect(read("[? a: b]").value).toEqual([{ a: "b" }]);
    expect(read("[? a\n: b]").value).toEqual([{ a: "b" }]);
    expect(read("{? a, b: 1}").value).toEqual({ a: null, b: 1 });
    expect(read("{? a\n: b}").value).toEqual({ a: "b" });
    expect(read("[a\n: b]").parseError?.message).toBe("did not find expected ',' or ']'");
    expect(read("[? , a]").parseError?.message).toBe("did not find expected ',' or ']'");
  });

  it("takes underscores out of numbers as Go does", () => {
    expect(read("a: [0E_0, 1_0.5]").value).toEqual({ a: [0, 10.5] });
  });

  it("reads anchors, aliases and merge keys, with lines", () => {
    const doc = read("base: &b\n  x: 1\n  y: {z: 2}\nother:\n  <<: *b\n  x: 9\nlist: [*b]\n");
    expect(doc.value).toEqual({
      base: { x: 1, y: { z: 2 } },
      other: { x: 9, y: { z: 2 } },
      list: [{ x: 1, y: { z: 2 } }],
    });
    expect(doc.lines["/other/y/z"]).toBe(3);
    expect(doc.lines["/list/0/x"]).toBe(2);
  });

  it("reads a JSON stream and JSON with keys on lines", () => {
    const docs = readDocuments({
      source: "s",
      startLine: 1,
      text: '{"a": [1,\n {"b": "\\u0041"}]}\n{"c": null}\n',
    });
    expect(docs.map((doc) => doc.value)).toEqual([{ a: [1, { b: "A" }] }, { c: null }]);
    expect(docs[0]?.lines["/a/1/b"]).toBe(2);
    expect(docs[1]?.lines["/c"]).toBe(3);
  });

  it("keeps a byte order mark, CRs and prototype keys harmless", () => {
    expect(read("\ufeffa: 1\n").value).toEqual({ a: 1 });
    const value = read("__proto__:\n  polluted: 1\n").value as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("reports duplicate keys", () => {
    const doc = read("a: 1\nruler:\n  x: 1\nruler:\n  y: 2\n");
    expect(doc.duplicateKeys).toEqual([{ pointer: "/ruler", at: { source: "a", line: 4 } }]);
  });
});

describe("errors in Go's words, on the line of the mistake", () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ["a:\n  summary: Probe failed: see log\n", "mapping values are not allowed in this context", 2],
    ["a: x\n  b: 1\n", "mapping values are not allowed in this context", 2],
    ["a: 1\nfoo\nb: 2\n", "could not find expected ':'", 2],
    ["a:\n    b: 1\n  c: 2\n", "did not find expected key", 3],
    ['a: "x" y\n', "did not find expected key", 1],
    ["- '1'\n b: 2\n", "did not find expected '-' indicator", 2],
    ["a:\n- '1'\n b: 2\n", "did not find expected key", 3],
    ["a:\n\tb: 1\n", "found character that cannot start any token", 2],
    ["a: @x\n", "found character that cannot start any token", 1],
    ['a: 1\nb: "never closed\nc: 2\n', "found unexpected end of stream", 2],
    ['a: "C:\\dir"\n', "found unknown escape character", 1],
    ["a: [1, 2\nb: 3\n", "did not find expected ',' or ']'", 2],
    ["a: {b: 1\n", "did not find expected ',' or '}'", 1],
    ["a: - b\n", "block sequence entries are not allowed in this context", 1],
    ["a: *nope\n", "unknown anchor 'nope' referenced", 1],
    ["a: &x [*x]\n", "anchor 'x' value contains itself", 1],
    ["a: 1\nb: \x01\n", "control characters are not allowed", 2],
    ['{"a": 1,}', "invalid character '}' looking for beginning of object key string", 1],
    ['{"a": 1\n "b": 2}', "invalid character '\"' after object key:value pair", 2],
    ['{"a": [1', "unexpected end of JSON input", 1],
    ['{"a": 1}}', "invalid character '}' after top-level value", 1],
  ];
  it.each(cases)("%j: %s", (text, message, line) => {
    const { parseError, value } = read(text);
    expect(parseError?.message).toBe(message);
    expect(parseError?.at.line).toBe(line);
    expect(parseError?.excerpt).toBe(text.split("\n")[line - 1]);
    expect(value).toBeUndefined();
  });

  it("keeps the other documents of a stream", () => {
    const docs = readDocuments({ source: "s", startLine: 1, text: "a: 1\n---\nb: c: d\n---\ne: 1\n" });
    expect(docs.map((doc) => doc.parseError?.at.line)).toEqual([undefined, 3, undefined]);
  });
});

describe("templates", () => {
  it.each([
    "replicas: {{ .Values.replicas }}\n",
    "{{- if .Values.enabled }}\na: 1\n{{- end }}\n",
    "{% for host in hosts %}\n- {{ host }}\n{% endfor %}\n",
  ])("%j is a template, not a mistake", (text) => {
    const doc = read(text);
    expect(doc.template).toBe(true);
    expect(doc.parseError).toBeUndefined();
  });

  it("leaves expressions inside strings alone", () => {
    const doc = read('a: "{{ $labels.instance }} is down"\nb: {{ $x }} y: z\n'.split("\n")[0] ?? "");
    expect(doc.value).toEqual({ a: "{{ $labels.instance }} is down" });
    expect(read("a: '{{ x }}'\nb: c: d\n").parseError?.message).toContain("mapping values");
  });
});

describe("hostile input", () => {
  it("stops bombs, cycles and depth", () => {
    const bomb = Array.from(
      { length: 30 },
      (_, i) => `a${i}: &a${i} [${i === 0 ? "1" : Array(9).fill(`*a${i - 1}`)}]`,
    );
    expect(read(bomb.join("\n")).parseError?.message).toBe("document contains excessive aliasing");
    expect(read("[".repeat(100_000)).parseError?.message).toBe("exceeded max depth");
    expect(read(`${"- ".repeat(100_000)}x`).parseError?.message).toBe("exceeded max depth");
    expect(read('{"a":'.repeat(100_000)).parseError?.message).toBe("exceeded max depth");
  });

  it("never throws and never hangs on mutated text", () => {
    const seed =
      'a: &x "b\\n"\nc:\n  - d: |\n      e\n    f: [1, {g: h}]\n<<: *x\n? k\n: v\n--- # z\n{"a": [1]}\n';
    const mutation = fc.array(
      fc.tuple(fc.nat(seed.length), fc.constantFrom(..."\n\t :-?#&*!|>'\"%@`{}[],<.\\x0")),
    );
    fc.assert(
      fc.property(mutation, (edits) => {
        let text = seed;
        for (const [at, char] of edits) text = text.slice(0, at) + char + text.slice(at + (at % 2));
        for (const doc of readDocuments({ source: "s", startLine: 1, text })) {
          void doc.lines;
          if (doc.parseError) expect(doc.parseError.at.line).toBeLessThanOrEqual(text.split("\n").length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("agreement with the yaml library", () => {
  // Go takes the underscores out before it looks for an exponent: `0E_0` is a number to it, and none to the library.
  const isNumberInGo = (text: string): boolean => /^[-+]?[\d._]*e[-+\d_]*$/i.test(text) && text.includes("_");
  const text = fc.oneof(
    fc.string().filter((text) => !isNumberInGo(text)),
    fc.string({ unit: fc.constantFrom(..."ab \n:#-'\"{}[],&*!|>%@`\\?0.") }),
    fc.constantFrom("a: b", "x #y", "line\nline\n", "\n\nlead", "trail \n", " indented\n  more\n"),
  );
  const value = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("node"), { maxLength: 4 }),
      fc.dictionary(
        text.filter((key) => key !== "<<" && key !== "__proto__"),
        tie("node"),
        { maxKeys: 4 },
      ),
    ),
  })).node;

  function byLibrary(written: string): unknown {
    try {
      return parse(written, { version: "1.1", logLevel: "silent" });
    } catch {
      return undefined;
    }
  }

  it("reads back what the library writes, in any style", () => {
    const style = fc.record({
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      lineWidth: fc.constantFrom(0, 20, 80),
      collectionStyle: fc.constantFrom("any", "flow"),
      defaultStringType: fc.constantFrom(
        "PLAIN",
        "QUOTE_DOUBLE",
        "QUOTE_SINGLE",
        "BLOCK_LITERAL",
        "BLOCK_FOLDED",
      ),
    });
    fc.assert(
      fc.property(value, style, (node, options) => {
        const written = stringify({ root: node }, { version: "1.1" as const, ...options });
        const expected = byLibrary(written);
        // `:` and `?` before a line break are written so that the library itself reads something else, or fails to.
        fc.pre(JSON.stringify(expected) === JSON.stringify({ root: node }));
        const docs = readDocuments({ source: "a.yml", startLine: 1, text: written });
        expect(docs[0]?.parseError).toBeUndefined();
        expect(docs[0]?.value ?? null).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });
});

describe("speed", () => {
  it("is faster than the yaml library on manifests, measured in one run", () => {
    const manifest = stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop", labels: { app: "web", tier: "front" } },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: "web" } },
        template: {
          metadata: { labels: { app: "web" } },
          spec: {
            containers: [
              {
                name: "web",
                image: "web:1",
                ports: [{ containerPort: 80 }],
                env: [{ name: "A", value: "b" }],
              },
            ],
          },
        },
      },
    });
    const stream = Array(300).fill(manifest).join("---\n");
    const fastest = (work: () => void) => {
      const times = Array.from({ length: 5 }, () => {
        const started = performance.now();
        work();
        return performance.now() - started;
      });
      return Math.min(...times);
    };
    const ours = fastest(() =>
      expect(readDocuments({ source: "s", startLine: 1, text: stream })).toHaveLength(300),
    );
    const theirs = fastest(() => expect(parseAllDocuments(stream)).toHaveLength(300));
    expect(theirs / ours).toBeGreaterThan(1.5);
  });
});
