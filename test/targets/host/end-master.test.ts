// The word that ends a background ssh: understood by a master, and never waited for when there is none.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endMaster } from "../../../src/targets/host/end-master.ts";

let folder: string;
let server: Server | undefined;
const socket = (): string => join(folder, "s");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wm-end-"));
});
afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * values.length);
  bytes.writeUInt32BE(4 * values.length, 0);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, 4 + 4 * i);
  return bytes;
};

const master = (answer: readonly Buffer[]): Promise<void> =>
  new Promise((resolve) => {
    server = createServer((connection) => {
      connection.on("error", () => undefined);
      connection.once("data", () => {
        for (const one of answer) connection.write(one);
        connection.end();
      });
    }).listen(socket(), resolve);
  });

const hello = words(1, 4);

test.each([
  ["greets and agrees", [hello, words(0x80000001, 0)], true],
  ["greets and is gone before it answers", [hello], true],
  ["greets and refuses", [hello, words(0x80000002, 0)], false],
  ["says nothing", [], false],
  ["talks something else", [Buffer.from("SSH-2.0-OpenSSH_9.2\r\n")], false],
])("a master that %s", async (_what, answer, wanted) => {
  await master(answer);
  expect(await endMaster(socket())).toBe(wanted);
});

test("no master at all", async () => {
  expect(await endMaster(socket())).toBe(false);
});
