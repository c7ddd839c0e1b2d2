// Whole pastes as people send them: an issue, a forum post, a mail, terminal sessions over several hosts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { toSegments } from "../../src/bundle/to-segments.ts";

const folder = join(import.meta.dirname, "fixtures/pastes");

it.each(readdirSync(folder).sort())("%s", (source) => {
  const bytes = readFileSync(join(folder, source));
  const segments = toSegments({ kind: "text", source, bytes });
  const original = bytes.toString().split("\n");
  for (const { startLine, text } of segments) {
    for (const [i, line] of text.split("\n").entries()) expect(original[startLine - 1 + i]).toContain(line);
  }
  expect(segments).toMatchSnapshot();
});
