// The small parts of rendering that must be exact: YAML that reads back as written, and SHA-256.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readYaml } from "../../src/collectors/config/yaml-reader.ts";
import { sha256 } from "../../src/render/sha256.ts";
import { yamlDocument } from "../../src/render/to-yaml.ts";

const key = fc.string({ minLength: 1, maxLength: 12 }).filter((one) => one !== "__proto__" && one !== "<<");
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom(
      "yes",
      "0o7",
      "1e3",
      "~",
      "- a",
      "a: b",
      "# x",
      "a\nb\n",
      " a",
      "",
      "2024-04-01",
      "$1",
      "12:30",
      "a #b",
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  ),
})).value;

test("what is written is read back, by YAML 1.2, YAML 1.1 and our own reader", () => {
  fc.assert(
    fc.property(fc.dictionary(key, data, { minKeys: 1, maxKeys: 4 }), (value) => {
      const text = yamlDocument(value, ["a comment"]);
      const plain: unknown = JSON.parse(JSON.stringify(value));
      expect(parse(text)).toEqual(plain);
      expect(parse(text, { version: "1.1" })).toEqual(plain);
      expect(readYaml(text).value).toEqual(plain);
    }),
    { numRuns: 500 },
  );
});

test("SHA-256 is Node's", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
    }),
  );
  expect(sha256("a".repeat(1000))).toBe(createHash("sha256").update("a".repeat(1000)).digest("hex"));
});
