// Runs one local program with everything bounded: time, bytes, and an end that does not wait for whoever kept a pipe open.
import { type ChildProcess, spawn } from "node:child_process";
import { Readable } from "node:stream";
import type { RunOptions, RunResult } from "../../model/door.ts";

export interface ProgramOptions extends RunOptions {
  /** Every piece of stdout as it comes, also when nothing is kept. */
  readonly onData?: (chunk: Uint8Array) => void;
  readonly onErrorData?: (chunk: Uint8Array) => void;
}

const longestErrorText = 64 * 1024;
/** After the program ended, its pipes may still hold something; a child of it may hold them for ever. */
const drainMs = 500;
const graceMs = 2_000;

export interface ProgramResult extends RunResult {
  /** The program could not be started at all. */
  readonly notStarted?: string;
}

/** Never throws and always ends. */
export function runProgram(argv: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const [program = "", ...args] = argv;
  return new Promise((resolve) => {
    const out = new Collected(options.maxBytes ?? Number.POSITIVE_INFINITY);
    const err = new Collected(longestErrorText);
    let timedOut = false;
    let notStarted: string | undefined;
    let code: number | undefined;
    let done = false;
    const child: ChildProcess = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const stop = () => {
      child.kill("SIGTERM");
      setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
    };
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, options.timeoutMs);
    const finish = () => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({
        ...(code === undefined || timedOut ? {} : { code }),
        stdout: out.bytes(),
        stderr: err.bytes().toString("utf8"),
        ...(timedOut ? { timedOut } : {}),
        ...(out.isCut ? { truncated: true } : {}),
        ...(notStarted === undefined ? {} : { notStarted }),
      });
    };
    if (options.signal?.aborted) stop();
    options.signal?.addEventListener("abort", stop, { once: true });
    child.on("error", (error) => {
      notStarted = error.message;
      finish();
    });
    child.on("exit", (ended) => {
      code = ended ?? undefined;
      setTimeout(finish, drainMs).unref();
    });
    child.on("close", finish);
    child.stdout?.on("data", (chunk: Uint8Array) => {
      options.onData?.(chunk);
      out.add(chunk);
    });
    child.stderr?.on("data", (chunk: Uint8Array) => {
      options.onErrorData?.(chunk);
      err.add(chunk);
    });
    // a program that ends without reading its input is no error of ours
    child.stdin?.on("error", () => undefined);
    if (options.stdinFrom && child.stdin)
      Readable.from(options.stdinFrom()).on("error", stop).pipe(child.stdin);
    else child.stdin?.end(options.stdin ?? "");
  });
}

class Collected {
  isCut = false;
  readonly #chunks: Uint8Array[] = [];
  readonly #most: number;
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(chunk: Uint8Array): void {
    const room = this.#most - this.#size;
    if (chunk.length > room) this.isCut = true;
    if (room <= 0) return;
    const kept = chunk.subarray(0, room);
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
