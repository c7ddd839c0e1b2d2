// The compiled code kept between runs changes how fast an answer comes and never what it says.
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const home = mkdtempSync(join(tmpdir(), "watchmend-code-"));
const root = join(import.meta.dirname, "../..");
const entry = join(home, "dist/cli/main.js");
const evidence =
  'level=error msg="opening storage failed: lock DB directory: resource temporarily unavailable"\n';

beforeAll(() => {
  execFileSync(process.execPath, ["scripts/finish-build.mjs", join(home, "dist")], { cwd: root });
  copyFileSync(join(root, "package.json"), join(home, "package.json"));
}, 120_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (cache: string, more: NodeJS.ProcessEnv = {}): string =>
  execFileSync("sh", ["-c", `"$NODE" "$ENTRY" diagnose --from - --format json; echo "exit $?"`], {
    input: evidence,
    encoding: "utf8",
    env: { ...process.env, NODE: process.execPath, ENTRY: entry, XDG_CACHE_HOME: cache, ...more },
  }).replace(/"(?:collectedAt|at|duration\w*)": ?"?[^",\n]*"?/g, "");

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .sort();

describe("the compiled code", () => {
  test("is kept by the first run, read by the second, and changes no answer", () => {
    const cache = join(home, "plain");
    const first = run(cache);
    const kept = filesIn(cache);
    const written = kept.map((file) => statSync(file).mtimeMs);
    expect(kept.length).toBeGreaterThan(3);
    expect(run(cache)).toBe(first);
    expect(kept.map((file) => statSync(file).mtimeMs)).toEqual(written);
    expect(first).toMatch(/exit [012]\n$/);
  });

  test("damaged, it is made again", () => {
    const cache = join(home, "damaged");
    const first = run(cache);
    const kept = filesIn(cache);
    for (const file of kept) writeFileSync(file, "no code at all");
    expect(run(cache)).toBe(first);
    for (const file of kept) expect(statSync(file).size).toBeGreaterThan(100);
  });

  test("is not used from a folder that others can write to", () => {
    const cache = join(home, "open");
    const folder = join(cache, "watchmend/code");
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    run(cache);
    expect(filesIn(cache)).toEqual([]);
  });

  test("is left alone where Node's own switch says so, and where nothing can be written", () => {
    const cache = join(home, "off");
    run(cache, { NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(() => readdirSync(cache)).toThrow("ENOENT");
    const blocked = join(home, "blocked");
    writeFileSync(blocked, "a file where the folder should be");
    expect(run(blocked)).toMatch(/exit [012]\n$/);
  });
});
