// Input that nobody meant as evidence: compressed data, endless lines, files that were named by mistake.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { limits } from "../../src/bundle/limits.ts";
import { hasTooManyLines } from "../../src/bundle/read-tree.ts";
import { sniff } from "../../src/bundle/sniff.ts";
import { readLintFiles } from "../../src/cli/lint-files.ts";
import { gather } from "../../src/diagnose/diagnose.ts";
import { numbers } from "../bench/log-bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "watchmend-bad-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function save(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const random = (length: number): Uint8Array => {
  const n = numbers(7);
  return Uint8Array.from({ length }, () => n(256));
};

describe("what is text", () => {
  test("compressed or encrypted data is none", () => {
    for (const length of [2_000, 20_000, limits.sniffBytes]) expect(sniff(random(length))).toBe("binary");
  });

  test("text in an older encoding is", () => {
    const latin1 = Buffer.from('level=error msg="Zugriff verweigert für Gerät Ü"\n'.repeat(50), "latin1");
    expect(sniff(latin1)).toBe("text");
  });

  test("a character cut at the end of what is looked at changes nothing", () => {
    const text = Buffer.from(`\u0001${"é".repeat(20)}`.repeat(40));
    for (let cut = 0; cut < 4; cut++) expect(sniff(text.subarray(0, text.length - cut))).toBe("text");
  });
});

test("a file of nothing but line ends is not held as lines", () => {
  expect(hasTooManyLines(new Uint8Array(limits.documentLines + 10).fill(10))).toBe(true);
  expect(hasTooManyLines(new Uint8Array(limits.documentLines + 10).fill(97))).toBe(false);
});

test("tens of thousands of prompts are cut off and told", async () => {
  const path = save("prompts.txt", "$ kubectl get pods\n".repeat(21_000));
  const { segments, gaps } = await gather(path, []);
  expect(segments.length).toBe(limits.segments);
  expect(gaps).toEqual([expect.objectContaining({ what: "prompts.txt", because: "too-large" })]);
}, 60_000);

describe("lint of a file that was named", () => {
  test("says that it is empty", async () => {
    const { gaps } = await readLintFiles(save("empty.yaml", ""), true);
    expect(gaps).toEqual([{ what: "empty.yaml", because: "absent", detail: "the file is empty" }]);
  });

  test("says that it is no text", async () => {
    const { gaps } = await readLintFiles(save("bundle.tar.gz", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0])), true);
    expect(gaps.map((gap) => gap.because)).toEqual(["unparseable"]);
  });
});
