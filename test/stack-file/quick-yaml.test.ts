// The quick library gives what the other one gives, or leaves the text to it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import { quickYaml } from "../../src/stack-file/quick-yaml.ts";
import "../fast-check.ts";

const withLines = (text: string): { readonly value: unknown } | undefined => {
  const document = parseDocument(text, { version: "1.2", prettyErrors: false, merge: true });
  if (document.errors.length > 0) return undefined;
  try {
    return { value: document.toJS({ maxAliasCount: 1000 }) };
  } catch {
    return undefined;
  }
};

/** Never another value, and never one for what the other library refuses. */
const agrees = (text: string): void => {
  const quick = quickYaml(text);
  if (quick) expect(withLines(text), text).toEqual(quick);
};

const example = readFileSync(join(import.meta.dirname, "../../examples/cross-vm/watchmend.yaml"), "utf8");

describe("quick YAML", () => {
  test("the example is read by it", () => {
    expect(quickYaml(example)).toEqual(withLines(example));
    expect(quickYaml(example)).toBeDefined();
  });

  test.each([
    "",
    "~: a\n",
    "a: &x 1\nb: *x\n",
    "a: !!str 1\n",
    "a: 1\na: 2\n",
    "a: {b: 1, b: 2}\n",
    "---\na: 1\n---\nb: 2\n",
    "a:\n\t- b\n",
    "a: b: c\n",
    "a: [b\n",
    "? a\n: b\n",
    ": a\n",
    "\uFEFFa: 1\n",
  ])("%j is left to the other library", (text) => {
    expect(quickYaml(text)).toBeUndefined();
  });

  test.each([
    "a: yes\nb: 0644\nc: 1e3\nd: 0x1f\ne: .inf\nf: ~\ng: 0o17\nh: 1_000\ni: 2024-01-01\n",
    "a: |\n  text\nb: >-\n  more\n  text\n",
    "a: 'it''s'\nb: \"c\\n\"\n",
    "<<: {a: 1}\nb: 2\n",
    "a: 99999999999999999999\nb: -0\nc: .5\n",
    "a: ü\r\nb: 1\r\n",
    "1: a\ntrue: b\n",
  ])("%j is read alike", (text) => {
    expect(quickYaml(text)).toEqual(withLines(text));
  });

  test("both agree about every text of YAML's own signs", () => {
    const piece = fc.constantFrom(
      ...["a", "b: ", "c:", "- ", "-", " ", "  ", "    ", "\n", "\n  ", "\n- ", "\n  - ", "{", "}", "[", "]"],
      ...[", ", ",", ": ", ":", "#", " # ", '"', "'", "1", "0", "1.5", "1.2.3", "15s", "0x1", "1e5", "true"],
      ...["null", "~", "/", "${", "--x", ".", "&", "*", "!", "|", ">", "%", "@", "?", "\\", "=", "key: v\n"],
      ...[
        "0o7",
        "1_000",
        "+1",
        ".inf",
        "2024-01-01",
        "yes",
        "\t",
        "\r\n",
        "é",
        "|\n  x\n",
        "&a ",
        "*a",
        "<<: ",
      ],
      ...["!!str ", "0644", "-0", "---\n", "...\n", "\uFEFF", "Null"],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => agrees(pieces.join(""))),
      { numRuns: 10_000 },
    );
  });

  test("both agree about the example changed by one sign", () => {
    fc.assert(
      fc.property(
        fc.nat(example.length),
        fc.constantFrom(..." \n\t#:-{}[],\"'&*!|>?%@0e"),
        fc.boolean(),
        (at, sign, isInserted) => {
          agrees(example.slice(0, at) + sign + example.slice(isInserted ? at : at + 1));
        },
      ),
      { numRuns: 500 },
    );
  });
});
