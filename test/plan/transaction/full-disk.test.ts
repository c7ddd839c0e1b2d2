// The disk with the journal is full, at every moment there is: all is done and told, or all is as it was, and no lock is left.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Step } from "../../../src/model/plan.ts";

const child = join(import.meta.dirname, "killed-child.ts");
let base = "";
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "wm-full-"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const names = ["a.yaml", "b.yaml", "c.yaml"];
const text = (port: number): string =>
  `port: ${port}\n${"# long enough for a few pages of the disk\n".repeat(150)}`;

/** A real full disk: the state folder is a file system of its own, of so many KiB. */
function runOn(sizeKiB: number): { readonly ok: boolean; readonly stderr: string; readonly folder: string } {
  const folder = join(base, `s${sizeKiB}`);
  mkdirSync(join(folder, "state"), { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), text(1));
  const steps = names.map(
    (name): Step => ({
      do: "edit-document",
      title: name,
      file: { source: name },
      edits: [{ op: "set", path: ["port"], value: 2 }],
      live: { kind: "file", host: "h1", path: join(folder, name) },
    }),
  );
  const order = JSON.stringify({ folder, steps, what: "run" });
  const script = 'mount -t tmpfs -o size="$1"k none "$2" && shift 2 && exec "$@"';
  const own = process.getuid?.() === 0 ? ["-m"] : ["-rm"];
  const { status, stderr } = spawnSync(
    "unshare",
    [...own, "sh", "-c", script, "sh", String(sizeKiB), join(folder, "state")].concat([
      process.execPath,
      "--import",
      "tsx",
      child,
      order,
    ]),
    { encoding: "utf8" },
  );
  return { ok: status === 0, stderr, folder };
}

const sizes = Array.from({ length: 7 }, (_, i) => 4 + 8 * i);

test("whenever the disk runs full, nothing is half done", () => {
  const outcomes = sizes.map((size) => {
    const { ok, stderr, folder } = runOn(size);
    const now = names.map((name) => readFileSync(join(folder, name), "utf8"));
    const wanted = names.map(() => text(ok ? 2 : 1));
    expect(
      now.map((one) => one.split("\n")[0]),
      `${size} KiB: ${stderr}`,
    ).toEqual(wanted.map((one) => one.split("\n")[0]));
    expect(now).toEqual(wanted);
    if (!ok) expect(stderr, `${size} KiB`).toMatch(/ENOSPC|no space left/i);
    expect(existsSync(join(folder, "watchmend.lock")), `${size} KiB: the lock`).toBe(false);
    return ok;
  });
  // It was full before the first step, between two, and never.
  expect(outcomes[0]).toBe(false);
  expect(outcomes.filter((ok) => !ok).length).toBeGreaterThan(2);
  expect(outcomes.at(-1)).toBe(true);
}, 180_000);
