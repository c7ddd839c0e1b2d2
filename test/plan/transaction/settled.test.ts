// What is over is told from the end of its journal alone: only a plain end counts, everything else is read whole.
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { thisActor } from "../../../src/plan/transaction/actor.ts";
import type { NewEntry } from "../../../src/plan/transaction/entry.ts";
import { openJournal } from "../../../src/plan/transaction/journal.ts";
import { isSettled } from "../../../src/plan/transaction/settled.ts";
import { journalName } from "../../../src/plan/transaction/state-folder.ts";

const base = mkdtempSync(join(tmpdir(), "watchmend-settled-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let made = 0;
function journalOf(...entries: readonly NewEntry[]): string {
  const folder = join(base, String(made++));
  mkdirSync(folder);
  const journal = openJournal(folder);
  for (const entry of entries) journal.append(entry);
  return folder;
}

const begun: NewEntry = {
  what: "begun",
  schema: "watchmend.journal/v1",
  id: "a",
  incident: "i",
  by: thisActor(),
  why: "x".repeat(10_000),
  steps: [],
  locks: [],
};

test("committed or put back, and the locks given back", () => {
  expect(isSettled(journalOf(begun, { what: "committed" }, { what: "released" }))).toBe(true);
  expect(
    isSettled(
      journalOf(
        begun,
        { what: "undoing", because: "b" },
        { what: "rolled-back", complete: true },
        { what: "released" },
      ),
    ),
  ).toBe(true);
});

test("whatever else ends a journal is not settled", () => {
  expect(isSettled(join(base, "nowhere"))).toBe(false);
  expect(isSettled(journalOf(begun))).toBe(false);
  expect(isSettled(journalOf(begun, { what: "committed" }))).toBe(false);
  // Undoing ended in the middle, and gave its locks back all the same.
  expect(isSettled(journalOf(begun, { what: "undoing", because: "b" }, { what: "released" }))).toBe(false);
  expect(
    isSettled(
      journalOf(begun, { what: "committed" }, { what: "released" }, { what: "taken-over", by: thisActor() }),
    ),
  ).toBe(false);
});

test("half a line, an empty file and damage are not settled", () => {
  const cut = journalOf(begun, { what: "committed" }, { what: "released" });
  appendFileSync(join(cut, journalName), '{"at":"2026-01-01T00:00:00Z","what":"tak');
  expect(isSettled(cut)).toBe(false);
  const empty = journalOf();
  writeFileSync(join(empty, journalName), "");
  expect(isSettled(empty)).toBe(false);
  const damaged = journalOf(begun, { what: "committed" });
  appendFileSync(join(damaged, journalName), "no entry\n");
  expect(isSettled(damaged)).toBe(false);
});
