// What a tired person types first, against the built command: what it says is true, leads on, and fits a terminal.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { userErrorOf } from "../../src/bundle/read-errors.ts";
import { emptyPlan } from "../../src/cli/deployment.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { whyUnwritten } from "../../src/cli/write-errors.ts";
import { renderDrift } from "../../src/report/drift.ts";
import { readStackFile } from "../../src/stack-file/read.ts";

const main = join(import.meta.dirname, "../../src/cli/run.ts");
const folder = mkdtempSync(join(tmpdir(), "watchmend-first-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "my incident"));
writeFileSync(join(folder, "my incident", "a.log"), "nothing to see\n");
const model = "schema: watchmend.stack/v1\nname: s\nhosts: {mon: {address: 10.0.0.1, roles: [server]}}\n";
writeFileSync(join(folder, "watchmend.yaml"), model);

const tsx = join(import.meta.dirname, "../../node_modules/tsx/dist/cli.mjs");
const command = [tsx, main];

function run(...words: readonly string[]): { status: number | null; stderr: string; stdout: string } {
  const ran = spawnSync(process.execPath, [...command, ...words], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status: ran.status, stderr: ran.stderr, stdout: ran.stdout };
}

describe("a word where an option is needed", () => {
  test("a path that is there is given back with --from, quoted", () => {
    const { status, stderr } = run("diagnose", "my incident");
    expect(status).toBe(3);
    expect(stderr).toContain("Did you mean watchmend diagnose --from 'my incident'?");
  });

  test("anything else is not guessed at", () => {
    const { status, stderr } = run("diagnose", "mon1");
    expect(status).toBe(3);
    expect(stderr).toContain(
      "What mon1 is, an option says: --from, --host, --context; see watchmend diagnose --help",
    );
  });
});

describe("what cannot be read", () => {
  const error = (code: string): Error => Object.assign(new Error(code), { code });

  test("a command that is offered survives being copied", () => {
    expect(userErrorOf("/srv/my files/x", error("EACCES")).hint).toContain("sudo cat '/srv/my files/x' |");
    expect(userErrorOf("/srv/my files/x", error("ENOENT")).hint).toContain("ls -la '/srv/my files'");
  });

  test("a folder is not piped through cat", () => {
    const { hint } = userErrorOf(join(folder, "my incident"), error("EACCES"));
    expect(hint).toMatch(
      /sudo tar -C '.*my incident' -czf saved\.tar\.gz \. && watchmend diagnose --from saved/,
    );
  });

  test("a folder in place of the model", () => {
    const { status, stderr } = run("render", "-f", ".");
    expect(status).toBe(3);
    expect(stderr).toContain("is a folder, no file");
    expect(stderr).toContain("-f watchmend.yaml");
    expect(stderr).not.toContain("sudo cat");
  });
});

describe("what cannot be written", () => {
  test("the reason is in words, without calls and drafts", () => {
    const { status, stderr } = run("diagnose", "--from", "my incident", "-o", "nowhere/report.txt");
    expect(status).toBe(3);
    expect(stderr).toContain(
      "cannot write nowhere/report.txt: the folder it would lie in does not exist (ENOENT)",
    );
    expect(whyUnwritten(Object.assign(new Error("x"), { code: "ENOSPC" }))).toBe("the disk is full (ENOSPC)");
  });

  test.runIf(process.platform === "linux")("a folder that no file system makes ends with an error", () => {
    const { status, stderr } = run("render", "-o", "/proc/watchmend");
    expect(status).toBe(3);
    expect(stderr).toContain("cannot write /proc/watchmend");
  });
});

/** Both ends of the pipe are closed before anything is written. */
function unread(stream: "stdout" | "stderr", ...words: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, [...command, ...words], { cwd: folder, stdio: "pipe" });
  child[stream].destroy();
  child[stream === "stdout" ? "stderr" : "stdout"].resume();
  return new Promise((settle) => child.on("close", (code) => settle(code)));
}

describe("a reader that has gone", () => {
  test("makes no clean run of one that could not tell", async () => {
    expect(await unread("stdout", "diagnose", "--from", "my incident")).toBe(2);
  }, 60_000);

  test("of the notes changes nothing", async () => {
    expect(await unread("stderr", "diagnose", "--from", "nowhere")).toBe(3);
  }, 60_000);
});

test("a folder without configuration is told as such", () => {
  mkdirSync(join(folder, "empty"));
  const { status, stdout } = run("lint", "empty");
  expect(status).toBe(2);
  expect(stdout).toContain("no file of configuration was found in it");
});

test("why a host was not reached is said once", () => {
  const because = "mon cannot be reached: Connection timed out";
  const text = renderDrift("s", [], [{ ...emptyPlan("mon"), state: "unreachable", because }]);
  expect(text).toContain("mon: cannot be reached: Connection timed out");
});

test("every help fits 80 columns", () => {
  const program = buildProgram();
  for (const verb of [program, ...program.commands]) {
    let help = "";
    verb.configureOutput({ writeOut: (text) => (help += text) });
    verb.outputHelp();
    expect(help.length, verb.name()).toBeGreaterThan(100);
    expect(
      help.split("\n").filter((line) => line.length > 80),
      verb.name(),
    ).toEqual([]);
  }
});

test("what the model is told to hold is not refused in the next round", () => {
  const { faults } = readStackFile(`${model}components: {prometheus: {retention: {time: 30}}}\n`);
  expect(faults).toMatchObject([{ write: "30d" }]);
  expect(readStackFile(`${model}components: {prometheus: {retention: {time: 30d}}}\n`).faults).toEqual([]);
});

test("two letters that changed places are one slip", () => {
  const { faults } = readStackFile(model.replace("roles:", "ssh: {prot: 22}, roles:"));
  expect(faults).toMatchObject([{ says: expect.stringContaining("did you mean port?") }]);
});
