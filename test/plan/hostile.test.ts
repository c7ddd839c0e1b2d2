// Texts made to hurt: edits end in bounded time with a result or a refusal, never in a crash.
import { expect, test } from "vitest";
import { editDocument } from "../../src/plan/edit-document.ts";

const names = [..."abcdefghijklmnop"];
const bomb = names
  .map((name, i) => (i === 0 ? "a: &a [x, x]" : `${name}: &${name} [${`*${names[i - 1]},`.repeat(9)}]`))
  .join("\n");

test.each([
  ["brackets that never close", "[".repeat(100_000)],
  ["brackets that close", `a: ${"[".repeat(5000)}${"]".repeat(5000)}`],
  ["indentation without end", Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}k:`).join("\n")],
  ["dashes", `${"- ".repeat(20_000)}x`],
  ["questions", "? ".repeat(20_000)],
  ["colons", ":".repeat(200_000)],
  ["a bomb of aliases", bomb],
  ["an alias of itself", "a: &a [*a]\nz: *a\n"],
  ["NUL bytes", "a: \0\0"],
  ["one long line", `a: ${"x".repeat(2_000_000)}`],
  ["a long quoted string", `a: "${"\\n".repeat(300_000)}"\n`],
])("%s", (_name, text) => {
  const start = performance.now();
  for (const path of [["a"], ["z"], ["p", 3]]) {
    const result = editDocument(text, {
      do: "edit-document",
      title: "t",
      file: { source: "f", line: 1 },
      edits: [{ op: "set", path, value: 1 }],
    });
    if (!result.ok) expect(result.refusal.because.length).toBeGreaterThan(5);
  }
  expect(performance.now() - start).toBeLessThan(15_000);
});
