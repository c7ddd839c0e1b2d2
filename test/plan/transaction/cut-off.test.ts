// The network is cut at every single request: what had begun stands in the journal, and when the way is there again it is taken back whole.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { ApiAnswer, ClusterDoor, HostDoor } from "../../../src/model/door.ts";
import type { Step } from "../../../src/model/plan.ts";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import type { Doors } from "../../../src/plan/transaction/doors.ts";
import { takeBackFromJournal } from "../../../src/plan/transaction/recover.ts";
import { runTransaction } from "../../../src/plan/transaction/transaction.ts";
import { fakeCluster } from "./fake-cluster.ts";
import { localAccess } from "./local-door.ts";

const base = mkdtempSync(join(tmpdir(), "watchmend-cut-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Lets `count` requests through; of the next, only the effect or nothing at all arrives; then nothing. */
interface Cut {
  readonly count: number;
  readonly loses: "request" | "answer";
}

class CutOff extends Error {}

function cutting(cut: Cut): { passes<T>(go: () => Promise<T>): Promise<T>; readonly isCut: () => boolean } {
  let sent = 0;
  return {
    isCut: () => sent > cut.count,
    async passes(go) {
      sent++;
      if (sent > cut.count + 1 || (sent === cut.count + 1 && cut.loses === "request"))
        throw new CutOff("the connection was cut");
      const result = await go();
      if (sent > cut.count) throw new CutOff("the connection was cut");
      return result;
    },
  };
}

function throughCut(door: ClusterDoor, cut: ReturnType<typeof cutting>): ClusterDoor {
  return {
    context: door.context,
    close: () => Promise.resolve(),
    async request(request): Promise<ApiAnswer> {
      try {
        return await cut.passes(() => door.request(request));
      } catch (error) {
        if (!(error instanceof CutOff)) throw error;
        return { body: new Uint8Array(), failure: { kind: "reset", detail: error.message } };
      }
    },
  };
}

const runOptions = { incident: "i", why: "test", waitMs: 50 } as const;

async function tryAndRecover(state: string, steps: readonly Step[], cut: Doors, whole: Doors): Promise<void> {
  const options = { ...runOptions, state, actor: thisActor() };
  try {
    const started = await runTransaction(steps, { ...options, doors: cut });
    // Where it came through, the way back is cut as well.
    if (started.ok) await started.transaction.undo("test").catch(() => undefined);
  } catch {
    // What it says is no matter here: what it leaves is.
  }
  const folder = join(state, "transactions");
  for (const id of ls(folder).reverse()) {
    if (!ls(join(folder, id)).includes("journal.jsonl")) continue;
    const undone = await takeBackFromJournal(id, { ...options, doors: whole, because: "found open" });
    expect(undone.complete, undone.says.join("; ")).toBe(true);
  }
}

function ls(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** WATCHMEND_KILLS=1 cuts at every script; else at some of them: each takes a second or so. */
const stride = process.env.WATCHMEND_KILLS ? 1 : 5;
const modes = ["request", "answer"] as const;

test.each(modes)(
  "the API server cannot be reached any more at any request: the %s is lost",
  async (loses) => {
    const paths = {
      map: "/api/v1/namespaces/mon/configmaps/loki",
      service: "/api/v1/namespaces/mon/services/loki",
    };
    const steps: readonly Step[] = [
      {
        do: "edit-document",
        title: "port",
        file: { source: "x" },
        edits: [{ op: "set", path: ["server", "http_listen_port"], value: 3100 }],
        live: { kind: "object-key", object: "ConfigMap", namespace: "mon", name: "loki", key: "loki.yaml" },
      },
      {
        do: "patch-object",
        title: "publish",
        kind: "Service",
        namespace: "mon",
        name: "loki",
        patch: [{ op: "add", path: "/spec/publishNotReadyAddresses", value: true }],
      },
    ];
    let isOver = false;
    for (let count = 0; !isOver && count < 80; count++) {
      const store = fakeCluster({
        [paths.map]: {
          kind: "ConfigMap",
          metadata: { name: "loki", namespace: "mon" },
          data: { "loki.yaml": "# ports\nserver: { http_listen_port: 80 } # wrong\n" },
        },
        [paths.service]: {
          kind: "Service",
          metadata: { name: "loki", namespace: "mon" },
          spec: { ports: [{ port: 3100 }] },
        },
      });
      const picture = (): string =>
        JSON.stringify(
          Object.values(paths).map((path) => {
            const { metadata: _metadata, ...rest } = store.objects.get(path) ?? { metadata: {} };
            return rest;
          }),
        );
      const before = picture();
      const cut = cutting({ count, loses });
      await tryAndRecover(
        join(base, `cluster-${loses}-${count}`),
        steps,
        { hosts: [], cluster: throughCut(store, cut) },
        { hosts: [], cluster: store },
      );
      expect(picture(), `cut at request ${count + 1}`).toBe(before);
      isOver = !cut.isCut();
    }
    expect(isOver, "the last run was not cut at all").toBe(true);
  },
  120_000,
);

test.each(modes)(
  "ssh is cut at any script: the %s is lost",
  async (loses) => {
    let isOver = false;
    for (let count = loses === "request" ? 2 : 4; !isOver && count < 90; count += stride) {
      const folder = join(base, `host-${loses}-${count}`);
      const etc = join(folder, "etc");
      mkdirSync(etc, { recursive: true });
      for (const name of ["a.yaml", "b.yaml"])
        writeFileSync(join(etc, name), "port: 1 # here\r\n", { mode: 0o640 });
      const picture = (): string[] =>
        ls(etc).map((name) => {
          const file = join(etc, name);
          return `${name} ${(statSync(file).mode & 0o7777).toString(8)} ${readFileSync(file, "utf8")}`;
        });
      const before = picture();
      const steps = ["a.yaml", "b.yaml"].map(
        (name): Step => ({
          do: "edit-document",
          title: name,
          file: { source: name },
          edits: [{ op: "set", path: ["port"], value: 2 }],
          live: { kind: "file", host: "h1", path: join(etc, name) },
        }),
      );
      const access = localAccess("h1", folder);
      const cut = cutting({ count, loses });
      const door: HostDoor = {
        ...access.door,
        run: (script, options) => cut.passes(() => access.door.run(script, options)),
      };
      await tryAndRecover(
        join(folder, "state"),
        steps,
        { hosts: [{ ...access, door }] },
        { hosts: [access] },
      );
      expect(picture(), `cut at script ${count + 1}`).toEqual(before);
      isOver = !cut.isCut();
    }
    expect(isOver, "the last run was not cut at all").toBe(true);
  },
  240_000,
);
