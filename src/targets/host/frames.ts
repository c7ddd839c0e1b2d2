// Reads the framed answers of the batch as they arrive. Whatever stands in an output, a frame ends at the nonce's line only.

export interface Frame {
  readonly id: string;
  readonly output: Uint8Array;
  readonly errors: string;
  /** Undefined when the connection ended before the frame did. */
  readonly code?: number;
  /** Milliseconds of `performance.now()` when the frame began. */
  readonly beganAt: number;
}

export interface FrameReader {
  add(chunk: Uint8Array, now: number): void;
  /** No more will come: a frame that has begun is given without a code. */
  end(): void;
}

type State = "outside" | "output" | "errors";

/** `onFrame` is called as soon as a frame is complete. Memory holds one frame at a time. */
export function readFrames(nonce: string, onFrame: (frame: Frame) => void): FrameReader {
  const line = Buffer.from(`\n${nonce} `);
  const longestMarker = 200;
  let state: State = "outside";
  let pending: Buffer = Buffer.from("\n");
  let output: Buffer[] = [];
  let errors: Buffer[] = [];
  let id = "";
  let beganAt = 0;

  const keep = (piece: Buffer): void => {
    if (piece.length === 0) return;
    if (state === "output") output.push(Buffer.from(piece));
    if (state === "errors") errors.push(Buffer.from(piece));
  };
  const close = (isComplete: boolean): void => {
    const { text, code } = splitCode(Buffer.concat(errors).toString("utf8"));
    onFrame({
      id,
      output: Buffer.concat(output),
      errors: text,
      ...(isComplete && code !== undefined ? { code } : {}),
      beganAt,
    });
    output = [];
    errors = [];
    state = "outside";
  };
  const mark = (words: string, now: number): void => {
    const begun = /^begin ([A-Za-z0-9_.-]{1,80})$/.exec(words);
    if (begun) {
      if (state !== "outside") close(false);
      id = begun[1] ?? "";
      beganAt = now;
      state = "output";
    } else if (words === "end" && state === "output") state = "errors";
    else if (words === "done" && state === "errors") close(true);
  };

  return {
    add(chunk, now) {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        const at = pending.indexOf(line);
        if (at === -1) {
          const safe = Math.max(0, pending.length - line.length);
          keep(pending.subarray(0, safe));
          pending = pending.subarray(safe);
          return;
        }
        const end = pending.indexOf(0x0a, at + 1);
        if (end === -1 && pending.length - at < longestMarker) {
          keep(pending.subarray(0, at));
          pending = pending.subarray(at);
          return;
        }
        keep(pending.subarray(0, at));
        const stop = end === -1 ? at + longestMarker : end;
        mark(pending.subarray(at + line.length, stop).toString("latin1"), now);
        // the newline that ends a marker is not output; outside, it may begin the next marker
        pending = pending.subarray(stop);
        if (state !== "outside" && end !== -1) pending = pending.subarray(1);
      }
    },
    end() {
      keep(pending);
      if (state !== "outside") close(false);
      pending = Buffer.alloc(0);
    },
  };
}

/** The exit code is the last line of what was collected beside the output. */
function splitCode(text: string): { text: string; code?: number } {
  const match = /(?:^|\n)code (\d{1,3})\n?$/.exec(text);
  if (!match) return { text };
  return { text: text.slice(0, match.index).replace(/\n$/, ""), code: Number(match[1]) };
}
