// The framing of a batch: whatever the outputs hold and however they arrive, each comes out as it went in.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Frame, readFrames } from "../../../src/targets/host/frames.ts";

const nonce = "wm0123456789abcdef";

interface Sent {
  readonly output: Uint8Array;
  readonly errors: string;
  readonly code: number;
}

function written(sent: readonly Sent[]): Buffer {
  return Buffer.concat(
    sent.flatMap(({ output, errors, code }, i) => [
      Buffer.from(`\n${nonce} begin c${i}\n`),
      Buffer.from(output),
      Buffer.from(`\n${nonce} end\n${errors}\ncode ${code}\n${nonce} done\n`),
    ]),
  );
}

function read(bytes: Buffer, cuts: readonly number[]): Frame[] {
  const frames: Frame[] = [];
  const reader = readFrames(nonce, (frame) => frames.push(frame));
  let from = 0;
  for (const cut of [...cuts.map((part) => part % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    reader.add(bytes.subarray(from, cut), 0);
    from = Math.max(from, cut);
  }
  reader.end();
  return frames;
}

/** Pieces that look like the frame's own lines, with everything but the nonce. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      "\n",
      "\n\n",
      "\nwm0123456789abcde",
      "\nwm end\n",
      "\nwmX done\n",
      "code 0",
      "\n begin c1\n",
      "\0",
      "\nwm0123456789abcdeF end\n",
    )
    .map((text) => Buffer.from(text)),
);
const output = fc.array(hostile, { maxLength: 8 }).map((parts) => Buffer.concat(parts));
const errors = fc.constantFrom("", "x: not found", "two\nlines", "code 7", "\nwm done");
const sent = fc.record({ output, errors, code: fc.nat({ max: 255 }) });

test("any outputs in any pieces come out as they went in", () => {
  fc.assert(
    fc.property(fc.array(sent, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 20 }), (all, cuts) => {
      const frames = read(written(all), cuts);
      expect(frames.map(({ id, code }) => [id, code])).toEqual(all.map(({ code }, i) => [`c${i}`, code]));
      for (const [i, frame] of frames.entries())
        expect(Buffer.from(frame.output).equals(all[i]?.output ?? Buffer.alloc(0))).toBe(true);
    }),
  );
});

test("what the login prints before the first frame is no answer", () => {
  const bytes = Buffer.concat([
    Buffer.from("Welcome!\ncode 3\n"),
    written([{ output: Buffer.from("a\n"), errors: "", code: 0 }]),
  ]);
  expect(read(bytes, [])).toMatchObject([{ id: "c0", code: 0, errors: "" }]);
});

test("a frame that the connection did not survive has no code", () => {
  const whole = written([{ output: Buffer.from("XYZ"), errors: "", code: 0 }]);
  const [frame] = read(whole.subarray(0, whole.indexOf("XYZ") + 3), []);
  expect(frame?.code).toBeUndefined();
  expect(Buffer.from(frame?.output ?? []).toString()).toBe("XYZ");
});
