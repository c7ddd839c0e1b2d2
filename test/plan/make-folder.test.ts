// Folders are made one by one, so that a file system that refuses them gives an error and never a run without end.
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "../../src/plan/make-folder.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "watchmend-folder-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("what is missing above it is made with the same mode, what is there keeps its own", () => {
  chmodSync(root, 0o755);
  makeFolder(join(root, "a/b/c"), 0o700);
  makeFolder(join(root, "a/b/c"), 0o711);
  const modes = ["", "a", "a/b", "a/b/c"].map((name) =>
    (statSync(join(root, name)).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(["755", "700", "700", "700"]);
});

test("a file in the way is an error", () => {
  writeFileSync(join(root, "file"), "");
  expect(() => makeFolder(join(root, "file/below"))).toThrow(/ENOTDIR|EEXIST/);
});

test.runIf(process.platform === "linux")(
  "a file system that knows no new folders is an error",
  () => {
    expect(() => makeFolder("/proc/watchmend/below")).toThrow(/ENOENT/);
  },
  5_000,
);
