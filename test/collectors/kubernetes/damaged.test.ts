// Whatever happens to an output on its way through terminals, chats and editors: no parser throws, hangs or points outside.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kubernetesParsers } from "../../../src/collectors/kubernetes/index.ts";
import type { Emit } from "../../../src/collectors/parser.ts";
import { recogniseAll } from "../../../src/collectors/recognise.ts";
import { factIds } from "../../../src/model/facts.ts";
import { mergeKubernetes } from "../../../src/stack/merge-kubernetes.ts";
import { corpus } from "./corpus.ts";

const garbage = fc.oneof(
  fc.string({ maxLength: 60, unit: "binary" }),
  fc.constantFrom(
    "",
    " ",
    "\t",
    "---",
    "{",
    "}",
    ": :",
    "NAME",
    "Events:",
    "- ",
    "'",
    '"',
    "|",
    "&a *a",
    "{{ x",
    "=".repeat(70),
  ),
  fc.constantFrom(...corpus.flatMap((text) => text.split("\n"))),
);

const mutation = fc.oneof(
  fc.record({ do: fc.constant("truncate" as const), at: fc.nat() }),
  fc.record({ do: fc.constant("insert" as const), at: fc.nat(), text: garbage }),
  fc.record({ do: fc.constant("swap" as const), at: fc.nat(), with: fc.nat() }),
  fc.record({ do: fc.constant("cut" as const), from: fc.nat(120), to: fc.nat(120) }),
  fc.record({ do: fc.constant("collapse" as const) }),
  fc.record({ do: fc.constant("dedent" as const) }),
  fc.record({ do: fc.constant("drop" as const), at: fc.nat() }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function damage(text: string, mutations: readonly Mutation[]): string {
  let lines = text.split("\n");
  for (const m of mutations) {
    const size = Math.max(lines.length, 1);
    if (m.do === "truncate")
      lines = lines
        .join("\n")
        .slice(0, m.at % (lines.join("\n").length + 1))
        .split("\n");
    else if (m.do === "insert") lines.splice(m.at % size, 0, m.text);
    else if (m.do === "swap") {
      const [a = "", b = ""] = [lines[m.at % size], lines[m.with % size]];
      lines[m.at % size] = b;
      lines[m.with % size] = a;
    } else if (m.do === "cut") lines = lines.map((line) => line.slice(0, m.from) + line.slice(m.to));
    else if (m.do === "collapse") lines = lines.map((line) => line.replace(/\s+/g, " "));
    else if (m.do === "dedent") lines = lines.map((line) => line.trimStart());
    else lines.splice(m.at % size, 1);
  }
  return lines.join("\n");
}

const damaged = fc
  .tuple(fc.constantFrom(...corpus), fc.array(mutation, { maxLength: 6 }))
  .map(([text, mutations]) => damage(text, mutations));

const silent: Emit = {
  fact: () => undefined,
  seen: () => undefined,
  segment: () => undefined,
  text: () => undefined,
  gap: () => undefined,
};

describe("damaged outputs", () => {
  it("no parser throws, also on text that is not its own", () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const segment = { source: "x", startLine: 1, text };
        for (const parser of kubernetesParsers) {
          expect(parser.recognise(segment)).toBeGreaterThanOrEqual(0);
          parser.parse(segment, silent);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("every fact points at a line of the text, and merging never fails", () => {
    fc.assert(
      fc.property(damaged, damaged, (a, b) => {
        const texts = [a, b];
        const { facts } = recogniseAll(
          texts.map((text, i) => ({ source: String(i), startLine: 1, text })),
          kubernetesParsers,
        );
        const merged = mergeKubernetes(facts);
        for (const id of factIds) {
          for (const { at } of merged[id]) {
            const last = texts[Number(at.source)]?.split("\n").length ?? 0;
            expect(at.line).toBeGreaterThanOrEqual(1);
            expect(at.line).toBeLessThanOrEqual(last);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("hostile outputs", () => {
  const hostile: readonly (readonly [string, string])[] = [
    ["one line of 3 MB", `NAME READY STATUS\n${"a ".repeat(1_500_000)}`],
    ["a line of spaces", `Name: x\nNamespace: y\n${" ".repeat(2_000_000)}x`],
    ["many blank lines before YAML", `${"\n".repeat(200_000)}apiVersion: v1\nkind: Pod\nmetadata: {name: a}`],
    ["many comment lines", `${"# x\n".repeat(100_000)}apiVersion: v1\nkind: Pod\nmetadata: {name: a}`],
    ["deep JSON", `{"kind":"List","apiVersion":"v1","items":${"[".repeat(50_000)}`],
    ["deep YAML", `apiVersion: v1\nkind: X\nmetadata: {name: a}\nspec: ${"{a: ".repeat(20_000)}`],
    [
      "deep describe",
      `Name: x\nNamespace: y\n${Array.from({ length: 5_000 }, (_, i) => `${" ".repeat(i)}k:`).join("\n")}`,
    ],
    ["ages without end", `19m (x2 over ${"1m".repeat(200_000)}`],
    ["colons", `Name: x\nNamespace: y\n${":".repeat(500_000)}`],
    ["open template comments", `apiVersion: v1\nkind: X\n${"{{/* ".repeat(40_000)}`],
    ["many headers", "NAME   READY   STATUS\n".repeat(20_000)],
    ["unended quotes", `apiVersion: v1\nkind: X\nmetadata: {name: a}\nd: "${'\\"'.repeat(300_000)}`],
    [
      "a bomb of aliases",
      `apiVersion: v1\nkind: X\nmetadata: {name: a}\na: &a [x, x, x, x, x, x, x, x, x]\n${Array.from(
        { length: 12 },
        (_, i) =>
          `${String.fromCharCode(98 + i)}: &${String.fromCharCode(98 + i)} [${Array(9)
            .fill(`*${String.fromCharCode(97 + i)}`)
            .join(", ")}]`,
      ).join("\n")}`,
    ],
  ];

  it.each(hostile)("%s", (_name, text) => {
    const started = performance.now();
    recogniseAll([{ source: "x", startLine: 1, text }], kubernetesParsers);
    for (const parser of kubernetesParsers) parser.recognise({ source: "x", startLine: 1, text });
    expect(performance.now() - started).toBeLessThan(6_000);
  });
});
