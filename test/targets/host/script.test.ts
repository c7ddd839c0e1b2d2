// The batch as a real `sh` runs it: outputs that lie, commands that hang, flood or are missing.
import { expect, test } from "vitest";
import { createTurns } from "../../../src/targets/host/connect-turns.ts";
import { openHost } from "../../../src/targets/host/door.ts";
import { type Frame, readFrames } from "../../../src/targets/host/frames.ts";
import type { HostCommand, HostRights } from "../../../src/targets/host/host-command.ts";
import { parseHostAddress } from "../../../src/targets/host/host-name.ts";
import { scriptOf } from "../../../src/targets/host/script.ts";

const limits = { seconds: 5, bytes: 1_000, logBytes: 500 };
const rights: HostRights = { root: "none", engine: "docker" };

async function play(
  commands: readonly Omit<HostCommand, "why">[],
  known?: HostRights,
): Promise<Map<string, Frame & { text: string }>> {
  const local = parseHostAddress("local");
  if (!local) throw new Error("no local host");
  const session = openHost(local, { turns: createTurns(1) });
  const frames = new Map<string, Frame & { text: string }>();
  const reader = readFrames("wmnonce", (frame) =>
    frames.set(frame.id, { ...frame, text: Buffer.from(frame.output).toString("latin1") }),
  );
  const script = scriptOf(
    "wmnonce",
    commands.map((command) => ({ ...command, why: "test" })),
    limits,
    known,
  );
  const result = await session.attempt(script, {
    timeoutMs: 30_000,
    onData: (chunk) => reader.add(chunk, 0),
  });
  reader.end();
  expect("failure" in result ? result.failure : result.code).toBe(0);
  return frames;
}

test("output, errors and exit code of each command stay apart", async () => {
  const frames = await play(
    [
      { id: "a", text: "printf 'no newline'; echo oops >&2; exit 3" },
      { id: "b", text: "true" },
      { id: "c", text: "no-such-program-here" },
    ],
    rights,
  );
  expect(frames.get("a")).toMatchObject({ text: "no newline", errors: "oops", code: 3 });
  expect(frames.get("b")).toMatchObject({ text: "", errors: "", code: 0 });
  expect(frames.get("c")).toMatchObject({ code: 127 });
});

test("a command that hangs is ended, one that floods is cut, and the rest is still read", async () => {
  const frames = await play(
    [
      { id: "hangs", text: "echo begun; sleep 60", seconds: 1 },
      { id: "floods", text: "yes" },
      { id: "scolds", text: "yes error >&2", seconds: 1 },
      { id: "reads", text: "cat" },
      { id: "last", text: "echo here" },
    ],
    rights,
  );
  expect(frames.get("hangs")).toMatchObject({ text: "begun\n", code: 124 });
  expect(frames.get("floods")?.text.length).toBe(1_001);
  expect(frames.get("scolds")?.errors.length).toBeLessThan(7_000);
  expect(frames.get("reads")).toMatchObject({ text: "", code: 0 });
  expect(frames.get("last")).toMatchObject({ text: "here\n", code: 0 });
});

test("quotes, dollars and backslashes of a command survive being put together on the host", async () => {
  const nasty = `printf '%s' 'a'"'"'b $HOME \\\\ "x" \`id\`'`;
  const known = await play([{ id: "a", text: nasty }], rights);
  const found = await play([{ id: "a", text: nasty }]);
  expect(known.get("a")?.text).toBe(`a'b $HOME \\\\ "x" \`id\``);
  expect(found.get("a")?.text).toBe(known.get("a")?.text);
});

test("what needs root is not tried without it, and what is not installed needs no root", async () => {
  const frames = await play([{ id: "a", text: "{root} echo secret" }], rights);
  expect(frames.get("a")).toMatchObject({ text: "", code: 240 });
  const found = await play([{ id: "b", text: "{root} no-such-tool", tool: "no-such-tool" }]);
  expect(found.get("b")).toMatchObject({ code: 242 });
});
