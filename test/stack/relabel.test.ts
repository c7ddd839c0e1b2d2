// Relabelling as Prometheus does it: every action, defaults, anchoring, expansion, lost labels.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { md5 } from "../../src/stack/md5.ts";
import { expand, relabel, targetLabels } from "../../src/stack/relabel.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

it("computes MD5 as the standard library does", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      expect(hex(md5(text))).toBe(createHash("md5").update(text).digest("hex"));
    }),
  );
});

describe("actions", () => {
  const labels = { a: "foo", b: "bar", c: "baz", __meta_x: "1" };
  it.each([
    [
      { targetLabel: "d", sourceLabels: ["a", "b"], regex: "f(.*);(.*)r", replacement: "b${1}${2}m" },
      { ...labels, d: "boobam" },
    ],
    [
      { targetLabel: "a", sourceLabels: ["nope"] },
      { b: "bar", c: "baz", __meta_x: "1" },
    ],
    [{ targetLabel: "a", sourceLabels: ["b"], regex: "ba" }, labels],
    [
      { targetLabel: "a", replacement: "fixed" },
      { ...labels, a: "fixed" },
    ],
    [
      { action: "labeldrop", regex: "[ab]" },
      { c: "baz", __meta_x: "1" },
    ],
    [
      { action: "labelkeep", regex: "[ab]" },
      { a: "foo", b: "bar" },
    ],
    [
      { action: "labelmap", regex: "__meta_(.+)" },
      { ...labels, x: "1" },
    ],
    [
      { action: "labelmap", regex: "(.)", replacement: "n_$1" },
      { ...labels, n_a: "foo", n_b: "bar", n_c: "baz" },
    ],
    [
      { action: "uppercase", sourceLabels: ["a"], targetLabel: "a" },
      { ...labels, a: "FOO" },
    ],
    [
      { action: "hashmod", sourceLabels: ["c"], targetLabel: "d", separator: ";", modulus: 1000 },
      { ...labels, d: "976" },
    ],
    [
      { targetLabel: "${1}", sourceLabels: ["a"], regex: "(fo+)", replacement: "$1" },
      { ...labels, foo: "foo" },
    ],
  ])("%j", (rule, expected) => {
    expect(relabel(labels, [rule]).labels).toEqual(expected);
  });

  it.each([
    [{ action: "drop", sourceLabels: ["a"], regex: ".*o.*" }, false],
    [{ action: "drop", sourceLabels: ["a"], regex: "f" }, true],
    [{ action: "keep", sourceLabels: ["a"], regex: "foo|x" }, true],
    [{ action: "keep", sourceLabels: ["nope"], regex: "true" }, false],
    [{ action: "keepequal", sourceLabels: ["a"], targetLabel: "b" }, false],
    [{ action: "dropequal", sourceLabels: ["a"], targetLabel: "a" }, false],
  ])("%j keeps: %s", (rule, kept) => {
    expect(relabel(labels, [rule]).kept).toBe(kept);
  });

  it("names the rule that took a label away, unless a later one sets it again", () => {
    const wipe = { sourceLabels: ["__meta_role"], targetLabel: "role" };
    expect(relabel({ role: "vm" }, [{ targetLabel: "x", replacement: "1" }, wipe]).lost).toEqual([
      { name: "role", value: "vm", rule: 1 },
    ]);
    expect(relabel({ role: "vm" }, [wipe, { targetLabel: "role", replacement: "new" }]).lost).toEqual([]);
  });

  it("reports rules with invalid expressions and goes on", () => {
    const result = relabel({ a: "1" }, [{ action: "drop", sourceLabels: ["a"], regex: "(?!1)" }]);
    expect(result).toMatchObject({ kept: true, invalid: [0] });
  });
});

describe("expansion", () => {
  it.each([
    ["$1x", ""],
    ["${1}x", "onex"],
    ["$$1", "$1"],
    ["$2$9", "two"],
    ["$", "$"],
    ["a-$1", "a-one"],
  ])("%s", (template, expected) => {
    expect(expand(template, ["all", "one", "two"])).toBe(expected);
  });
});

describe("targets", () => {
  it("sets job and instance and hides internal labels", () => {
    const rules = [{ sourceLabels: ["__address__"], regex: "(.*):\\d+", targetLabel: "instance" }];
    const target = targetLabels({ __address__: "a:9100", role: "vm" }, rules, { job: "node" });
    expect(target).toMatchObject({
      kept: true,
      final: { instance: "a", job: "node", role: "vm" },
      address: "a:9100",
      scrapeUrl: "http://a:9100/metrics",
    });
  });

  it("drops a target whose address is gone", () => {
    expect(
      targetLabels({ __address__: "a" }, [{ targetLabel: "__address__", sourceLabels: ["x"] }], { job: "j" })
        .kept,
    ).toBe(false);
  });

  it("without rules changes nothing; every rule leaves no empty label", () => {
    const labels = fc.dictionary(fc.constantFrom("a", "b", "__meta_a", "job"), fc.string({ maxLength: 4 }));
    const rule = fc.record(
      {
        action: fc.constantFrom(
          "replace",
          "keep",
          "drop",
          "labelmap",
          "labeldrop",
          "labelkeep",
          "hashmod",
          "lowercase",
          "keepequal",
        ),
        sourceLabels: fc.array(fc.constantFrom("a", "b", "x"), { maxLength: 2 }),
        targetLabel: fc.constantFrom("a", "c"),
        regex: fc.constantFrom("(.*)", "a", "(.)(.*)", "__meta_(.*)", "["),
        replacement: fc.constantFrom("$1", "", "x", "$2$1"),
        modulus: fc.constant(7),
      },
      { requiredKeys: ["action"] },
    );
    fc.assert(
      fc.property(labels, fc.array(rule, { maxLength: 5 }), (start, rules) => {
        const result = relabel(start, rules);
        expect(Object.values(result.labels)).not.toContain("");
        for (const lost of result.lost) if (result.kept) expect(result.labels).not.toHaveProperty(lost.name);
        expect(relabel(start, []).labels).toEqual(
          Object.fromEntries(Object.entries(start).filter(([, value]) => value !== "")),
        );
      }),
      { numRuns: 500 },
    );
  });
});
