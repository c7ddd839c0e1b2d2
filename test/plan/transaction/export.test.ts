// The exported folder alone puts everything back: run as a person would, with a shell, and nothing of watchmend.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Step } from "../../../src/model/plan.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import { exportUndo } from "../../../src/plan/transaction/export.ts";
import { runTransaction } from "../../../src/plan/transaction/transaction.ts";
import { localAccess } from "./local-door.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wm-export-"));
  mkdirSync(join(folder, "etc/data"), { recursive: true });
  put("data/in it", "", 0o600);
  put("a.yaml", "# ours\nport: 1\n", 0o640);
  put("it's b.yaml", "port: 1\r\n", 0o604);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, "etc", name);
const put = (name: string, text: string, mode: number): void => {
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
};
const picture = (): string =>
  readdirSync(join(folder, "etc"), { recursive: true })
    .map(String)
    .sort()
    .map((name) => {
      const { mode, uid, gid } = statSync(at(name));
      const body = statSync(at(name)).isFile() ? readFileSync(at(name), "utf8") : "";
      return `${name} ${(mode & 0o7777).toString(8)} ${uid}:${gid} ${JSON.stringify(body)}`;
    })
    .join("\n");

const port = (name: string, value: number): Step => ({
  do: "edit-document",
  title: `port of ${name}`,
  file: { source: name },
  edits: [{ op: "set", path: ["port"], value }],
  live: { kind: "file", host: "h1", path: at(name) },
});
const asRoot = process.getuid?.() === 0;
const owner: Step = {
  do: "set-owner",
  title: "owner",
  host: "h1",
  path: at("data"),
  uid: 65534,
  gid: 65534,
  mode: 0o750,
  below: { names: ["in*"], uid: 0 },
};

async function done(steps: readonly Step[]): Promise<string> {
  const started = await runTransaction(steps, {
    doors: { hosts: [localAccess("h1", folder)] },
    state: join(folder, "state"),
    incident: "i",
    why: "test",
    actor: thisActor(),
  });
  if (!started.ok) throw new Error(started.execution.because);
  await started.transaction.commit();
  return started.transaction.id;
}

const byHand = (to: string, name: string): { readonly code: number | null; readonly stderr: string } => {
  const { status, stderr } = spawnSync("sh", [join(to, name)], { cwd: "/", encoding: "utf8" });
  return { code: status, stderr };
};

test("two repairs of files are put back by the scripts alone", async () => {
  const path = { ...owner, path: at("data") };
  const fresh: Step = {
    do: "write-file",
    title: "new",
    host: "h1",
    path: at("new.conf"),
    content: "x\n",
    mode: 0o600,
  };
  const before = picture();
  const first = await done([port("a.yaml", 2), port("it's b.yaml", 2), fresh, ...(asRoot ? [path] : [])]);
  const second = await done([port("a.yaml", 3)]);
  const after = picture();
  expect(after).not.toBe(before);
  const to = join(folder, "export");
  const names = exportUndo(join(folder, "state"), [second, first], to);
  expect(names).toEqual(["01-host-h1.sh"]);
  expect(readFileSync(join(to, "README.md"), "utf8")).toMatch(
    /1\. `sh 01-host-h1\.sh`: Copy this folder to h1/,
  );
  expect(picture()).toBe(after);
  expect(byHand(to, "01-host-h1.sh")).toEqual({ code: 0, stderr: "" });
  expect(picture()).toBe(before);
});

test("what somebody has changed since is not overwritten, and a damaged before-image is not used", async () => {
  const id = await done([port("a.yaml", 2)]);
  const to = join(folder, "export");
  exportUndo(join(folder, "state"), [id], to);
  put("a.yaml", "port: 7\n", 0o640);
  expect(byHand(to, "01-host-h1.sh")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/a\.yaml was changed since/),
  });
  expect(readFileSync(at("a.yaml"), "utf8")).toBe("port: 7\n");
  put("a.yaml", "# ours\nport: 2\n", 0o640);
  const [image = ""] = readdirSync(join(to, "backup"));
  writeFileSync(join(to, "backup", image), "something else\n");
  expect(byHand(to, "01-host-h1.sh").code).not.toBe(0);
  expect(readFileSync(at("a.yaml"), "utf8")).toBe("# ours\nport: 2\n");
});

test("a folder that holds something is not written to", async () => {
  const id = await done([port("a.yaml", 2)]);
  const to = join(folder, "export");
  mkdirSync(to);
  writeFileSync(join(to, "mine"), "");
  expect(() => exportUndo(join(folder, "state"), [id], to)).toThrow(/is not empty/);
  expect(existsSync(join(to, "README.md"))).toBe(false);
});
