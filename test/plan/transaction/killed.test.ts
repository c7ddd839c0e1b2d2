// Killed at every point and at random moments, the next run puts everything back: no byte lost, nothing half done, no lock left.
import { spawn } from "node:child_process";
import {
  chmodSync,
  linkSync,
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
import { build } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Step } from "../../../src/model/plan.ts";

/** WATCHMEND_KILLS=500 kills at every point, and at 500 random moments. */
const wanted = Number(process.env.WATCHMEND_KILLS ?? 0);
const randomKills = wanted > 0 ? wanted : 8;
const pointsOf = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => i + 1).filter((n) => wanted > 0 || n % 4 === count % 4 || n === 1);
const asRoot = process.getuid?.() === 0;

let base = "";
let program = "";
beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "watchmend-kill-"));
  program = join(base, "child.mjs");
  await build({
    input: join(import.meta.dirname, "killed-child.ts"),
    platform: "node",
    logLevel: "warn",
    output: { file: program, format: "esm", codeSplitting: false },
  });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface World {
  readonly folder: string;
  readonly steps: readonly Step[];
}

let worlds = 0;
function world(): World {
  worlds++;
  const folder = join(base, `w${worlds}`);
  const etc = join(folder, "etc");
  mkdirSync(join(etc, "data"), { recursive: true, mode: 0o755 });
  const put = (name: string, text: string, mode: number): void => {
    writeFileSync(join(etc, name), text);
    chmodSync(join(etc, name), mode);
  };
  put("a.yaml", `# first\nport: 1\n${"x: 1 # long\n".slice(0, 4)}\n`, 0o640);
  put("b.txt", `one\ntwo\n${"more\n".repeat(8_000)}`, 0o604);
  linkSync(join(etc, "b.txt"), join(etc, "b-hard.txt"));
  for (let i = 0; i < 40; i++) put(`data/wal-${i}`, "x", 0o600);
  const file = (name: string) => ({ kind: "file" as const, host: "h1", path: join(etc, name) });
  const steps: Step[] = [
    {
      do: "edit-document",
      title: "a",
      file: { source: "a" },
      edits: [{ op: "set", path: ["port"], value: 2 }],
      live: file("a.yaml"),
    },
    {
      do: "replace-lines",
      title: "b, in place",
      file: { source: "b" },
      from: 2,
      to: 2,
      expect: "two",
      replacement: "second",
      live: file("b.txt"),
    },
    {
      do: "write-file",
      title: "new",
      host: "h1",
      path: join(etc, "new.conf"),
      content: "new\n",
      mode: 0o600,
    },
    ...(asRoot
      ? [
          {
            do: "set-owner" as const,
            title: "owner",
            host: "h1",
            path: join(etc, "data"),
            uid: 65534,
            gid: 65534,
            mode: 0o750,
            below: { names: ["wal-*"], uid: 0 },
          },
        ]
      : []),
  ];
  return { folder, steps };
}

/** Every file with bytes, mode and owner; what lies beside them would show, too. */
function picture(folder: string): Record<string, string> {
  const etc = join(folder, "etc");
  return Object.fromEntries(
    readdirSync(etc, { recursive: true })
      .map(String)
      .sort()
      .map((name) => {
        const { mode, uid, gid, ino } = statSync(join(etc, name));
        const body = statSync(join(etc, name)).isFile() ? readFileSync(join(etc, name), "utf8") : "";
        const inode = name.startsWith("b") ? ino : "";
        return [name, `${(mode & 0o7777).toString(8)} ${uid}:${gid} ${inode} ${body}`];
      }),
  );
}

interface Ended {
  readonly killed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

function child(
  { folder, steps }: World,
  what: "run" | "recover",
  dieAt?: number,
  killAfterMs?: number,
): Promise<Ended> {
  return new Promise((resolve) => {
    const order = JSON.stringify({ folder, steps, what, ...(dieAt === undefined ? {} : { dieAt }) });
    const process_ = spawn(process.execPath, [program, order], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    process_.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    process_.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => process_.kill("SIGKILL"), killAfterMs);
    // A script that outlives the killed run must not hold this test up: it is what is tested.
    process_.on("exit", (_code, signal) => {
      clearTimeout(timer);
      setImmediate(() => resolve({ killed: signal === "SIGKILL", stdout, stderr }));
    });
  });
}

async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

async function recovered(one: World, before: Record<string, string>, where: string): Promise<void> {
  const again = await child(one, "recover");
  expect(again.stderr, where).toBe("");
  const now = picture(one.folder);
  const isBefore = JSON.stringify(now) === JSON.stringify(before);
  const isCommitted = now["new.conf"] !== undefined && now["a.yaml"]?.includes("port: 2");
  expect(isBefore || isCommitted, `${where}: ${JSON.stringify(now).slice(0, 600)}`).toBe(true);
  if (isCommitted) {
    expect(now["b.txt"]?.includes("\nsecond\n"), where).toBe(true);
    const beside = Object.keys(now).filter((name) => !name.startsWith("data/"));
    expect(beside, where).toEqual(["a.yaml", "b-hard.txt", "b.txt", "data", "new.conf"]);
  }
  expect(readdirSync(one.folder).filter((name) => name.endsWith(".lock"))).toEqual([]);
}

test("killed at every point of a run, then taken back whole", async () => {
  const whole = world();
  const ended = await child(whole, "run");
  expect(ended.stderr).toBe("");
  const points = Number(ended.stdout.trim());
  expect(points).toBeGreaterThan(20);
  await inTurns(pointsOf(points), async (dieAt) => {
    const one = world();
    const before = picture(one.folder);
    expect((await child(one, "run", dieAt)).killed).toBe(true);
    await recovered(one, before, `point ${dieAt}`);
  });
}, 900_000);

test("killed at every point of taking back, then taken back by a third run", async () => {
  const ready = world();
  await child(ready, "run", 16);
  const points = Number((await child(ready, "recover")).stdout.trim());
  expect(points).toBeGreaterThan(6);
  await inTurns(pointsOf(points), async (dieAt) => {
    const one = world();
    const before = picture(one.folder);
    await child(one, "run", 16);
    await child(one, "recover", dieAt);
    await recovered(one, before, `point ${dieAt} of taking back`);
  });
}, 900_000);

test("killed at random moments, also in the middle of a script on the host", async () => {
  const whole = world();
  const begun = Date.now();
  await child(whole, "run");
  const took = Date.now() - begun;
  await inTurns(
    Array.from({ length: randomKills }, (_, i) => i),
    async (i) => {
      const one = world();
      const before = picture(one.folder);
      await child(one, "run", undefined, ((i + 0.5) / randomKills) * took);
      await recovered(one, before, `after ${i} of ${randomKills} parts of ${took} ms`);
      rmSync(one.folder, { recursive: true, force: true });
    },
  );
}, 3_600_000);
