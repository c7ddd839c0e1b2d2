// A transaction on files of this machine: everything is done or everything is as it was, and the journal tells it.
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Step } from "../../../src/model/plan.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import type { Doors } from "../../../src/plan/transaction/doors.ts";
import { readJournal, stateOf } from "../../../src/plan/transaction/journal.ts";
import { obstaclesOf, takeBackFromJournal } from "../../../src/plan/transaction/recover.ts";
import { runTransaction } from "../../../src/plan/transaction/transaction.ts";
import type { TransactionOptions } from "../../../src/plan/transaction/transaction-options.ts";
import { localAccess } from "./local-door.ts";

let folder = "";
let doors: Doors = { hosts: [] };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watchmend-txn-"));
  mkdirSync(join(folder, "etc"));
  doors = { hosts: [localAccess("h1", folder)] };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, "etc", name);
const text = (name: string): string => readFileSync(path(name), "utf8");
function put(name: string, content: string, mode = 0o640): void {
  writeFileSync(path(name), content);
  chmodSync(path(name), mode);
}

function options(more: Partial<TransactionOptions> = {}): TransactionOptions {
  return { doors, state: join(folder, "state"), incident: "i", why: "test", actor: thisActor(), ...more };
}

const setPort = (name: string, port: number): Step => ({
  do: "edit-document",
  title: `port of ${name}`,
  file: { source: name },
  edits: [{ op: "set", path: ["port"], value: port }],
  live: { kind: "file", host: "h1", path: path(name) },
});

async function mustRun(steps: readonly Step[], more: Partial<TransactionOptions> = {}) {
  const started = await runTransaction(steps, options(more));
  if (!started.ok) throw new Error(started.execution.because);
  return started.transaction;
}

const mode = (name: string): string => (statSync(path(name)).mode & 0o7777).toString(8);
const whats = (id: string): string[] =>
  readJournal(join(folder, "state/transactions", id))?.entries.map((one) => one.what) ?? [];

test("files are changed by the bytes concerned, keep their mode, and are put back from the journal", async () => {
  put("a.yaml", "# kept\nport: 1 # why\r\n");
  const transaction = await mustRun([
    setPort("a.yaml", 2),
    { do: "write-file", title: "new", host: "h1", path: path("new.conf"), content: "x\n", mode: 0o600 },
  ]);
  await transaction.commit();
  expect([text("a.yaml"), mode("a.yaml"), text("new.conf"), mode("new.conf")]).toEqual([
    "# kept\nport: 2 # why\r\n",
    "640",
    "x\n",
    "600",
  ]);
  expect(whats(transaction.id)).toEqual(
    "begun intent done intent done applied gate committed released".split(" "),
  );
  const undone = await takeBackFromJournal(transaction.id, { ...options(), because: "asked" });
  expect(undone).toMatchObject({ complete: true });
  expect([text("a.yaml"), mode("a.yaml"), readdirSync(join(folder, "etc"))]).toEqual([
    "# kept\nport: 1 # why\r\n",
    "640",
    ["a.yaml"],
  ]);
  expect(readdirSync(folder).sort()).toEqual(["etc", "state"]);
});

test("two edits of one file are planned and done on one another", async () => {
  put("a.yaml", "port: 1\nname: x\n");
  const rename: Step = {
    do: "replace-lines",
    title: "name",
    file: { source: "a" },
    from: 2,
    to: 2,
    expect: "name: x",
    replacement: "name: y",
    live: { kind: "file", path: path("a.yaml") },
  };
  await (await mustRun([setPort("a.yaml", 2), rename])).commit();
  expect(text("a.yaml")).toBe("port: 2\nname: y\n");
});

test("a step that cannot be done leaves all files as they were, and nothing in the state folder", async () => {
  put("a.yaml", "port: 1\n");
  const started = await runTransaction([setPort("a.yaml", 2), setPort("missing.yaml", 2)], options());
  expect(started).toMatchObject({
    ok: false,
    execution: { because: expect.stringContaining("missing.yaml") },
  });
  expect([text("a.yaml"), readdirSync(folder).sort()]).toEqual(["port: 1\n", ["etc"]]);
});

test("what fails in the middle is put back, and what somebody changed since is not touched", async () => {
  put("a.yaml", "port: 1\n");
  put("b.yaml", "port: 1\n");
  const started = await runTransaction(
    [setPort("a.yaml", 2), setPort("b.yaml", 2)],
    options({ point: (name) => name === "act 1" && put("b.yaml", "port: 7\n") }),
  );
  expect(started).toMatchObject({
    ok: false,
    execution: {
      because: expect.stringMatching(/somebody changed it at this moment.*b\.yaml was changed since/s),
    },
  });
  expect([text("a.yaml"), text("b.yaml")]).toEqual(["port: 1\n", "port: 7\n"]);
});

test("what somebody changes while the steps before it run is left alone, and they are taken back", async () => {
  put("a.yaml", "port: 1\n");
  put("b.yaml", "port: 1\n");
  const point = (name: string): void => {
    if (name === "act 0") put("b.yaml", "port: 1\n# mine\n");
  };
  const started = await runTransaction([setPort("a.yaml", 2), setPort("b.yaml", 2)], options({ point }));
  expect(started).toMatchObject({
    ok: false,
    putBack: true,
    execution: { because: expect.stringMatching(/b\.yaml was changed by somebody while this ran/) },
  });
  expect([text("a.yaml"), text("b.yaml")]).toEqual(["port: 1\n", "port: 1\n# mine\n"]);
});

test("a journal that cannot be written any more stops the run before the next step, and all is put back", async () => {
  put("a.yaml", "port: 1\n");
  put("b.yaml", "port: 1\n");
  let intents = 0;
  const point = (name: string): void => {
    if (name !== "before intent" || ++intents < 2) return;
    const [id = ""] = readdirSync(join(folder, "state/transactions"));
    const journal = join(folder, "state/transactions", id, "journal.jsonl");
    rmSync(journal);
    mkdirSync(journal);
  };
  const started = await runTransaction([setPort("a.yaml", 2), setPort("b.yaml", 2)], options({ point }));
  expect(started).toMatchObject({ ok: false, execution: { because: expect.stringContaining("EISDIR") } });
  expect([text("a.yaml"), text("b.yaml")]).toEqual(["port: 1\n", "port: 1\n"]);
  expect(readdirSync(folder).sort()).toEqual(["etc", "state"]);
});

test("undoing refuses with a diff when the file was changed since", async () => {
  put("a.yaml", "port: 1\n");
  const transaction = await mustRun([setPort("a.yaml", 2)]);
  await transaction.commit();
  put("a.yaml", "port: 2\nmore: true\n");
  const said = await obstaclesOf(transaction.id, { ...options(), because: "asked" });
  expect(said.join()).toMatch(/was changed since[\s\S]*\+more: true/);
  expect(text("a.yaml")).toBe("port: 2\nmore: true\n");
});

test("a file with two names is overwritten in place, links are followed, and the plan says so", async () => {
  put("a.yaml", "port: 1\n");
  linkSync(path("a.yaml"), path("hard.yaml"));
  symlinkSync(path("hard.yaml"), path("soft.yaml"));
  const transaction = await mustRun([setPort("soft.yaml", 2)]);
  expect(transaction.execution.steps[0]?.because).toMatch(/overwritten in place.*2 names/);
  expect([text("a.yaml"), statSync(path("a.yaml")).ino]).toEqual([
    "port: 2\n",
    statSync(path("hard.yaml")).ino,
  ]);
  await transaction.undo("no");
  expect(text("a.yaml")).toBe("port: 1\n");
});

test.skipIf(process.getuid?.() !== 0)("owner and mode of exactly one path", async () => {
  mkdirSync(path("data"), { mode: 0o755 });
  put("data/file", "x");
  const owner = (name: string): string => `${statSync(path(name)).uid}:${statSync(path(name)).gid}`;
  const step: Step = { do: "set-owner", title: "o", host: "h1", path: path("data"), uid: 65534, gid: 65534 };
  const transaction = await mustRun([step]);
  expect([owner("data"), owner("data/file"), mode("data")]).toEqual(["65534:65534", "0:0", "755"]);
  expect(transaction.execution.steps[0]).toMatchObject({ before: "0:0 0755", after: "65534:65534 0755" });
  await transaction.undo("no");
  expect(owner("data")).toBe("0:0");
});

test.skipIf(process.getuid?.() !== 0)(
  "below a path only what the step names and the same user has, path by path and back",
  async () => {
    const give = (name: string, uid: number, gid: number): void => {
      mkdirSync(path(name.replace(/[^/]+$/, "")), { recursive: true });
      put(name, "x");
      lchownSync(path(name), uid, gid);
    };
    for (const [name, gid] of [
      ["data/wal/0 1", 1000],
      ["data/wal/it's", 1001],
      ["data/01ABC/meta", 1000],
    ] as const)
      give(name, 1000, gid);
    give("data/wal/root", 0, 0);
    give("data/other/mine", 1000, 1000);
    symlinkSync("/etc/passwd", path("data/wal/link"));
    for (const name of ["data", "data/wal", "data/wal/link", "data/01ABC"])
      lchownSync(path(name), 1000, 1000);
    const all = ["data", "data/wal", "data/wal/0 1", "data/wal/it's", "data/wal/link", "data/01ABC/meta"];
    const others = ["data/wal/root", "data/other/mine"];
    const owners = (names: readonly string[]): string[] =>
      names.map((name) => `${lstatSync(path(name)).uid}:${lstatSync(path(name)).gid}`);
    const [before, theirs] = [owners(all), owners(others)];
    const passwd = statSync("/etc/passwd").uid;
    const step: Step = {
      ...{ do: "set-owner", title: "o", host: "h1", path: path("data"), uid: 65534, gid: 65534 },
      below: { names: ["wal", "01*", "queries.active"], uid: 1000 },
    };
    const transaction = await mustRun([step]);
    expect(owners(all)).toEqual(all.map(() => "65534:65534"));
    expect([owners(others), statSync("/etc/passwd").uid]).toEqual([theirs, passwd]);
    expect(transaction.execution.steps[0]).toMatchObject({
      before: "1000:1000 0755, and 6 paths below",
      after: "65534:65534 0755, and 6 paths below",
    });
    // What its new owner has made and taken away since is no obstacle.
    give("data/wal/new", 65534, 65534);
    rmSync(path("data/wal/it's"));
    await transaction.undo("no");
    const left = all.filter((name) => name !== "data/wal/it's");
    expect(owners(left)).toEqual(before.filter((_, i) => all[i] !== "data/wal/it's"));
    expect(owners(["data/wal/new"])).toEqual(["65534:65534"]);
  },
);

test.skipIf(process.getuid?.() !== 0)(
  "cut off between the path and what lies below it, all is put back",
  async () => {
    mkdirSync(path("data/wal"), { recursive: true });
    for (const name of ["data", "data/wal"]) lchownSync(path(name), 1000, 1000);
    const step: Step = {
      ...{ do: "set-owner", title: "o", host: "h1", path: path("data"), uid: 65534, gid: 65534 },
      below: { names: ["wal"], uid: 1000 },
    };
    const transaction = await mustRun([step]);
    await transaction.commit();
    lchownSync(path("data/wal"), 1000, 1000);
    const back = await takeBackFromJournal(transaction.id, { ...options(), because: "asked" });
    expect(back).toMatchObject({ complete: true });
    expect([statSync(path("data")).uid, statSync(path("data/wal")).uid]).toEqual([1000, 1000]);
  },
);

test("one run at a time: the second one is told who is there", async () => {
  put("a.yaml", "port: 1\n");
  const first = await mustRun([setPort("a.yaml", 2)]);
  const second = await runTransaction([setPort("a.yaml", 3)], options());
  expect(second).toMatchObject({
    ok: false,
    execution: {
      because: expect.stringMatching(new RegExp(`host h1 is locked by .*pid ${process.pid}.*${first.id}`)),
    },
  });
  await first.commit();
  await (await mustRun([setPort("a.yaml", 3)])).commit();
  expect(text("a.yaml")).toBe("port: 3\n");
});

test("a plan that was made on another text is refused", async () => {
  put("a.yaml", "port: 1\n");
  const started = await runTransaction(
    [setPort("a.yaml", 2)],
    options({ fingerprints: new Map([[`h1:${path("a.yaml")}`, "0".repeat(64)]]) }),
  );
  expect(started).toMatchObject({
    ok: false,
    execution: { because: expect.stringContaining("has changed since the plan") },
  });
});

test("a journal cut at any byte still undoes everything it had begun", async () => {
  put("a.yaml", "port: 1\n");
  const transaction = await mustRun([setPort("a.yaml", 2)]);
  await transaction.commit();
  const file = join(transaction.folder, "journal.jsonl");
  const whole = readFileSync(file);
  const begun = whole.indexOf("\n") + 1;
  const intent = whole.indexOf("\n", begun) + 1;
  for (let length = intent; length < whole.length; length += 23) {
    put("a.yaml", "port: 2\n");
    writeFileSync(file, whole.subarray(0, length));
    const undone = await takeBackFromJournal(transaction.id, { ...options(), because: "crash" });
    expect([undone.complete, text("a.yaml")]).toEqual([true, "port: 1\n"]);
    const course = readJournal(transaction.folder);
    expect(course && stateOf(course)).toBe("rolled-back");
  }
});
