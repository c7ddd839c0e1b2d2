// Recorded worlds: conditions decide what is seen, restarts count only after the change, mistakes have lines.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Step } from "../../src/model/plan.ts";
import { openRecordedWorld } from "../../src/plan/recorded-world.ts";
import { readWorldFile } from "../../src/plan/world-file.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchmend-world-"));
  put("world/files/app.yaml", "port: 1\nrules: |\n  a: b: c\n");
  put("world/a/log.txt", "broken\n");
  put("world/a/only-here.txt", "x\n");
  put("world/b/log.txt", "better\n");
  put("world/c/log.txt", "fine\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function world(states: string, extra = ""): ReturnType<typeof openRecordedWorld> {
  put(
    "world/world.yaml",
    `schema: watchmend.world/v1
title: test
files: [files]
owners:
  - { host: h, path: /data, uid: 0, gid: 0, mode: "0755" }
${extra}parts:
  - name: The App
    states:
      - { name: broken, evidence: a }
${states}`,
  );
  return openRecordedWorld(join(folder, "world"), join(folder, "work"));
}

const restart: Step = { do: "restart", title: "r", what: { kind: "pod", namespace: "n", name: "app-0" } };
const setPort: Step = {
  do: "edit-document",
  title: "p",
  file: { source: "files/app.yaml" },
  edits: [{ op: "set", path: ["port"], value: 2 }],
};
const own: Step = { do: "set-owner", title: "o", host: "h", path: "/data", uid: 5, gid: 5 };
const log = (): string => readFileSync(join(folder, "work/evidence/the-app/log.txt"), "utf8");

test("a part is seen in the last state whose conditions hold", async () => {
  const one = world(`      - name: better
        evidence: b
        when: [{ file: files/app.yaml, at: [port], is: 2 }]
      - name: fine
        evidence: c
        when: [{ all: [{ file: files/app.yaml, at: [port], is: 2 }, { any: [{ writable: /data, host: h, by: { uid: 5 } }, { restarted: never }] }] }]
`);
  expect(log()).toBe("broken\n");
  expect((await one.execute([setPort], "1")).ok).toBe(true);
  expect([log(), one.describe()]).toEqual(["better\n", "The App: better"]);
  expect(existsSync(join(folder, "work/evidence/the-app/only-here.txt"))).toBe(false);
  expect((await one.execute([own], "2")).ok).toBe(true);
  expect(log()).toBe("fine\n");
  expect(readFileSync(join(folder, "work/evidence/owners-h.txt"), "utf8")).toBe(
    "root@h:~# stat -c '%u:%g %a %n' /data\n5:5 755 /data\n",
  );
  expect(readFileSync(join(folder, "world/files/app.yaml"), "utf8")).toContain("port: 1");
});

test("a restart counts only after the change it is to bring to life", async () => {
  const states = `      - name: fine
        evidence: c
        when: [{ file: files/app.yaml, at: [port], is: 2 }, { restarted: n/app-0, after: files/app.yaml }]
`;
  const one = world(states);
  await one.execute([restart, setPort], "1");
  expect(log()).toBe("broken\n");
  await one.execute([restart], "2");
  expect(log()).toBe("fine\n");
});

test("a file that begins to parse, a key that is gone", async () => {
  const one = world(`      - name: better
        evidence: b
        when: [{ file: files/app.yaml, key: rules, parses: true }]
      - name: fine
        evidence: c
        when: [{ file: files/app.yaml, at: [port], absent: true }]
`);
  await one.execute(
    [
      {
        do: "replace-lines",
        title: "q",
        file: { source: "files/app.yaml" },
        from: 3,
        to: 3,
        expect: "a: b: c",
        replacement: 'a: "b: c"',
      },
    ],
    "1",
  );
  expect(log()).toBe("better\n");
  await one.execute(
    [
      {
        do: "edit-document",
        title: "d",
        file: { source: "files/app.yaml" },
        edits: [{ op: "remove", path: ["port"] }],
      },
    ],
    "2",
  );
  expect(log()).toBe("fine\n");
});

test("what was recorded is not edited, unknown owners are not invented, and then nothing at all is done", async () => {
  const one = world("");
  const recorded: Step = {
    do: "replace-lines",
    title: "log",
    file: { source: "the-app/log.txt" },
    from: 1,
    to: 1,
    expect: "broken",
    replacement: "fine",
  };
  expect(await one.execute([setPort, recorded], "1")).toMatchObject({
    ok: false,
    because: expect.stringContaining("is what was recorded"),
  });
  expect(await one.execute([setPort, { ...own, path: "/other" } as Step], "1")).toMatchObject({
    ok: false,
    because: expect.stringContaining("was not recorded"),
  });
  expect(readFileSync(join(folder, "work/evidence/files/app.yaml"), "utf8")).toContain("port: 1");
  expect(existsSync(join(folder, "work/journal.jsonl"))).toBe(false);
});

test("the journal tells what was begun and done, with what an owner was before", async () => {
  await world("").execute([own, { do: "by-hand", title: "call", command: "true" }], "round-1");
  const lines = readFileSync(join(folder, "work/journal.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toEqual([
    { label: "round-1", state: "begun", steps: ["o", "call"] },
    { label: "round-1", step: "o", state: "done", path: "/data", before: "0:0 0755", after: "5:5 0755" },
    { label: "round-1", step: "call", state: "left" },
    { label: "round-1", state: "done" },
  ]);
});

test("nothing outside the recording is copied", async () => {
  put("secret/x.txt", "secret");
  symlinkSync(join(folder, "secret"), join(folder, "world/link"));
  expect(() => world("      - { name: x, evidence: ../secret, when: [] }\n")).toThrow(/not in/);
  rmSync(join(folder, "work"), { recursive: true });
  expect(() => world("      - { name: x, evidence: link, when: [] }\n")).toThrow(/not in/);
});

test("mistakes are told with their line", async () => {
  const read = (text: string) => {
    const reading = readWorldFile(text);
    return reading.ok ? [] : reading.faults.map((fault) => `${fault.line}: ${fault.message}`);
  };
  const head = "schema: watchmend.world/v1\ntitle: t\nfiles: []\n";
  expect(read(`${head}parts:\n  - name: x\n    states: []\n`)[0]).toMatch(/^6: parts\.0\.states: /);
  expect(
    read(
      `${head}parts:\n  - name: x\n    states:\n      - name: y\n        evidence: z\n        when: [{ nonsense: 1 }]\n`,
    )[0],
  ).toMatch(/^9: parts\.0\.states\.0\.when\.0: /);
  expect(read("schema: other\n")[0]).toMatch(/^1: schema: /);
  expect(read("a: [\n")[0]).toMatch(/^2: /);
});
