// A record is left by every run, also by one that was cut off; and it says when its repair was taken back.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recordFromJournal, tellRollback } from "../../src/cli/incident-record.ts";
import { thisActor } from "../../src/plan/transaction/actor.ts";
import { takeBackFromJournal } from "../../src/plan/transaction/recover.ts";
import { stateFolder } from "../../src/plan/transaction/state-folder.ts";
import { runTransaction } from "../../src/plan/transaction/transaction.ts";
import { localAccess } from "../plan/transaction/local-door.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wm-record-"));
  vi.stubEnv("XDG_STATE_HOME", folder);
  writeFileSync(join(folder, "a.yaml"), "port: 1\n");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const incident = "20260801-031502-9c4e";
const base = () => ({
  doors: { hosts: [localAccess("h1", folder)] },
  state: stateFolder(),
  actor: thisActor(),
});

const changed = async (): Promise<string> => {
  const started = await runTransaction(
    [
      {
        do: "edit-document",
        title: "Set | the port",
        file: { source: "a" },
        edits: [{ op: "set", path: ["port"], value: 2 }],
        live: { kind: "file", host: "h1", path: join(folder, "a.yaml") },
      },
    ],
    { ...base(), incident, why: "remediate, round 1", findings: ["agent/port-wrong@agent"] },
  );
  if (!started.ok) throw new Error(started.execution.because);
  await started.transaction.commit();
  return started.transaction.id;
};

test("what the journal tells becomes a record, once", async () => {
  const id = await changed();
  const file = recordFromJournal(incident);
  const text = readFileSync(file ?? "", "utf8");
  for (const part of [
    incident,
    id,
    "agent/port-wrong@agent",
    "Set \\| the port",
    "done",
    "watchmend rollback",
  ])
    expect(text).toContain(part);
  expect(recordFromJournal(incident)).toBeUndefined();
  expect(recordFromJournal("20260801-000000-0000")).toBeUndefined();
});

test("a record says when its repair was taken back, and by whom", async () => {
  const id = await changed();
  const file = recordFromJournal(incident) ?? "";
  const { complete, says } = await takeBackFromJournal(id, { ...base(), because: "asked for" });
  tellRollback(id, complete, says);
  const text = readFileSync(file, "utf8");
  expect(text).toContain(`## Taken back: transaction ${id}`);
  expect(text).toMatch(/a\.yaml is as it was/);
  expect(text).toContain(thisActor().user);
});
