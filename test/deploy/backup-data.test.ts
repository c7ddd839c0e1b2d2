// Data is copied before something risky: what never changes as hard links, and nothing of it is touched.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ReadyDoor } from "../../src/model/desired.ts";
import type { Step } from "../../src/model/plan.ts";
import { compareHost } from "../../src/plan/deploy/compare-host.ts";
import { runTransaction } from "../../src/plan/transaction/transaction.ts";
import { localAccess } from "../plan/transaction/local-door.ts";
import { stackOf } from "../render/stack.ts";
import { wishes } from "./observed.ts";

const model = (prometheus: string): ReturnType<typeof stackOf> =>
  stackOf(
    `schema: watchmend.stack/v1\nname: demo\nhosts:\n  mon: {address: 10.0.0.1, roles: [server, agent]}\ncomponents:\n  prometheus: {${prometheus}}\n`,
  );

const copied = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) => (step.do === "backup-data" ? [step.component] : []));

describe("when", () => {
  const [was] = wishes(model("version: 3.5.1"));
  if (!was) throw new Error("the model has one host");
  const becomes = (prometheus: string) => {
    const [now] = wishes(model(prometheus));
    if (!now) throw new Error("the model has one host");
    return compareHost({ ...was, desired: now.desired });
  };

  test("another version: the data is copied before the container is replaced", () => {
    const { steps, notes } = becomes("version: 3.5.5");
    expect(copied(steps.servers)).toEqual(["prometheus"]);
    const at = (what: string): number => steps.servers.findIndex((step) => step.do === what);
    expect(at("backup-data")).toBeLessThan(at("put-container"));
    expect(notes.join()).toMatch(/the data of prometheus \(.*\) is copied below \/opt\/monitoring\/backups/);
  });

  test("another argument: no", () => {
    expect(copied(becomes("version: 3.5.1, args: [--web.page-title=x]").steps.servers)).toEqual([]);
  });

  test("asked for: of both, though nothing else is to be done", () => {
    const { steps, state } = compareHost({ ...was, backupData: true });
    expect(state).toBe("changes");
    expect(steps.servers.map((step) => step.do)).toEqual(["backup-data", "backup-data"]);
    expect(copied(steps.servers).sort()).toEqual(["loki", "prometheus"]);
  });
});

describe("how", () => {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-backup-"));
  const data = join(folder, "data");
  const below = join(folder, "backups");
  const block = "01JABCDEFGHJKMNPQRSTVWXYZ0";
  const before = process.env.PATH;

  /** One container, whose state is a file. */
  const engine = `#!/bin/sh
s=${folder}/running
case "$1 $2" in
  "ps -q") ;;
  "container inspect") case "$*" in *-f*) cat $s;; *) printf '[{"Id":"1","Name":"/demo-prometheus","State":{"Running":%s}}]' "$(cat $s)";; esac;;
  stop*) echo false > $s; echo stop >> ${folder}/told;;
  start*) echo true > $s; echo start >> ${folder}/told;;
esac`;

  beforeAll(() => {
    mkdirSync(join(folder, "bin"));
    writeFileSync(join(folder, "bin", "docker"), engine);
    chmodSync(join(folder, "bin", "docker"), 0o755);
    process.env.PATH = `${folder}/bin:${before}`;
  });

  afterAll(() => {
    process.env.PATH = before;
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    for (const path of [data, below, join(folder, "told")]) rmSync(path, { recursive: true, force: true });
    const put = (path: string, text: string): void => {
      mkdirSync(dirname(join(data, path)), { recursive: true });
      writeFileSync(join(data, path), text);
    };
    put(`${block}/meta.json`, "{}");
    put(`${block}/chunks/000001`, "samples");
    put("wal/00000001", "log");
    put("chunks_head/000002", "head");
    put("lock", "");
    writeFileSync(join(folder, "running"), "true\n");
  });

  const run = async (snapshot?: ReadyDoor) =>
    await runTransaction(
      [
        {
          do: "backup-data",
          title: "copy",
          host: "a",
          engine: "docker",
          name: "demo-prometheus",
          component: "prometheus",
          from: data,
          below,
          ...(snapshot ? { snapshot } : {}),
        },
      ],
      {
        doors: { hosts: [localAccess("a", folder)] },
        state: join(folder, "state"),
        incident: "i",
        why: "test",
        actor: { user: "me", machine: "here", pid: 1, startedMs: 0 },
      },
    );

  test("blocks are linked, the log is copied, the lock is left out, and the container runs again", async () => {
    const started = await run();
    if (!started.ok) throw new Error(started.execution.because);
    const [copy = ""] = readdirSync(below);
    expect(copy).toMatch(/^prometheus-[\d-]+-[0-9a-f]{4}$/);
    expect(readdirSync(join(below, copy)).sort()).toEqual([block, "chunks_head", "wal"]);
    const inode = (...parts: string[]): number => statSync(join(...parts)).ino;
    expect(inode(below, copy, block, "chunks/000001")).toBe(inode(data, block, "chunks/000001"));
    expect(inode(below, copy, "wal/00000001")).not.toBe(inode(data, "wal/00000001"));
    expect(readFileSync(join(folder, "told"), "utf8")).toBe("stop\nstart\n");
    const undone = await started.transaction.undo("test");
    expect(undone.complete).toBe(true);
    expect(readdirSync(below)).toEqual([`${copy}-kept`]);
    expect(existsSync(join(data, "wal/00000001"))).toBe(true);
  });

  test("a running Prometheus with its admin API makes the copy, and is not stopped", async () => {
    const server = createServer((request, answer) => {
      const asked = request.method === "POST" && request.url === "/api/v1/admin/tsdb/snapshot";
      if (asked) {
        mkdirSync(join(data, "snapshots"), { recursive: true });
        mkdirSync(join(data, "staged"));
        renameSync(join(data, "staged"), join(data, "snapshots", "20260101T000000Z-1a2b"));
      }
      answer.end(asked ? '{"status":"success","data":{"name":"20260101T000000Z-1a2b"}}' : "no");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    try {
      const started = await run({ url: `http://127.0.0.1:${port}/-/ready` });
      if (!started.ok) throw new Error(started.execution.because);
      await started.transaction.commit();
      expect(readdirSync(below)).toHaveLength(1);
      expect(existsSync(join(folder, "told"))).toBe(false);
      expect(readdirSync(join(data, "snapshots"))).toEqual([]);
    } finally {
      server.close();
    }
  });

  test("a snapshot that is refused changes nothing, and is told", async () => {
    const server = createServer((_request, answer) =>
      answer.end('{"status":"error","error":"admin APIs disabled"}'),
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const started = await run({ url: `http://127.0.0.1:${port}/-/ready` });
    server.close();
    expect(started.ok).toBe(false);
    if (!started.ok) expect(started.execution.because).toMatch(/made no snapshot: .*admin APIs disabled/);
    expect(readdirSync(below)).toEqual([]);
  });
});
