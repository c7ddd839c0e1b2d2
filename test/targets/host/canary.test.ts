// The scripts of a canary, run by the local shell on real files: what is ours is written and taken away, what is not is left alone.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { canaryPerch } from "../../../src/targets/host/canary.ts";
import { createTurns } from "../../../src/targets/host/connect-turns.ts";
import { openHost } from "../../../src/targets/host/door.ts";
import { session } from "../fake-api.ts";

const door = openHost({ name: "local", isLocal: true }, { turns: createTurns(1) });
const perch = canaryPerch(door, () => ({ root: "root" }));
const read = session({ itemTimeoutMs: 20_000 });
const line = 'watchmend-canary 00ff local it\'s "$(here)"';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wm canary "));
  file = join(folder, "watchmend-canary.log");
});

afterEach(() => rmSync(folder, { recursive: true }));

const ways = (...files: string[]) => ({ journal: false, containers: [], files });
const write = () => perch.write(line, ways(file), read);

test("a new file gets the line, word for word, and is taken away", async () => {
  expect(await write()).toEqual([{ way: `file ${file}` }]);
  expect(readFileSync(file, "utf8")).toBe(`${line}\n`);
  await perch.clear(line, ways(file), read);
  expect(existsSync(file)).toBe(false);
});

test("what a killed run left is replaced", async () => {
  writeFileSync(file, "watchmend-canary 1234 local of the day before\n");
  expect(await write()).toEqual([{ way: `file ${file}` }]);
  expect(readFileSync(file, "utf8")).toBe(`${line}\n`);
});

test.each([
  ["somebody's log", "2026-05-02 something happened\n"],
  ["a log that begins as ours", "watchmend-canary 1234 local\nand goes on\n"],
  ["a log in which ours stands second", "first\nwatchmend-canary 1234 local\n"],
  ["an empty file", ""],
])("%s is neither written to nor taken away", async (_, text) => {
  writeFileSync(file, text);
  const [written] = await write();
  expect(written?.failed).toMatch(/exist/);
  await perch.clear(line, ways(file), read);
  expect(readFileSync(file, "utf8")).toBe(text);
});

test("a folder that is not there is told as the reason", async () => {
  const [written] = await perch.write(line, ways(join(folder, "no", "such.log")), read);
  expect(written?.failed).toMatch(/such/);
});

test("another run's line is not taken away", async () => {
  writeFileSync(file, "watchmend-canary 1234 local\n");
  await perch.clear(line, ways(file), read);
  expect(existsSync(file)).toBe(true);
});

test("before the host was looked at nothing is written", async () => {
  const blind = canaryPerch(door, () => undefined);
  expect(await blind.write(line, ways(file), read)).toEqual([]);
  expect(existsSync(file)).toBe(false);
});
