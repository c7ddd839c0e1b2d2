// Runs one batch of commands on a host and hands over each answer as it comes.
import { randomBytes } from "node:crypto";
import type { ReadSession } from "../../model/target.ts";
import type { HostSession } from "./door.ts";
import { type Frame, readFrames } from "./frames.ts";
import type { HostCommand, HostRights } from "./host-command.ts";
import { type ScriptLimits, scriptOf } from "./script.ts";
import type { SshFailure } from "./ssh-failure.ts";

export interface BatchResult {
  readonly frames: ReadonlyMap<string, Frame>;
  readonly failure?: SshFailure;
  /** Found out by the script, when they were not known. */
  readonly rights?: HostRights;
  readonly clock?: ClockReading;
  /** The connection or our own time ended before the batch did. */
  readonly isCut: boolean;
}

/** The host's clock, read somewhere between two moments of ours. */
export interface ClockReading {
  readonly hostMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

const perBatchMs = 300_000;

export async function runBatch(
  session: HostSession,
  commands: readonly HostCommand[],
  read: ReadSession,
  rights: HostRights | undefined,
  onFrame: (frame: Frame) => void,
): Promise<BatchResult> {
  const nonce = `wm${randomBytes(16).toString("hex")}`;
  const frames = new Map<string, Frame>();
  const begun = performance.now();
  const startedAt = Date.now();
  const reader = readFrames(nonce, (frame) => {
    frames.set(frame.id, frame);
    onFrame(frame);
  });
  const limits: ScriptLimits = {
    seconds: Math.max(1, Math.round(read.limits.itemTimeoutMs / 1000)),
    bytes: read.limits.itemBytes,
    logBytes: read.limits.logBytes,
  };
  const result = await session.attempt(scriptOf(nonce, commands, limits, rights), {
    timeoutMs: perBatchMs,
    signal: read.signal,
    maxBytes: 0,
    onData: (chunk) => reader.add(chunk, performance.now()),
  });
  reader.end();
  const clock = readingOf(frames.get("clock"), begun, startedAt);
  const found = rightsOf(frames.get("rights"));
  return {
    frames,
    ...("failure" in result ? { failure: result.failure } : {}),
    ...(found ? { rights: found } : {}),
    ...(clock ? { clock } : {}),
    isCut: frames.get("clock-end")?.code === undefined,
  };
}

function rightsOf(frame: Frame | undefined): HostRights | undefined {
  if (frame?.code === undefined) return undefined;
  const text = Buffer.from(frame.output).toString("utf8");
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1] ?? "";
  const root = value("root");
  const engine = value("engine");
  const fetch = value("fetch");
  const lookup = value("lookup");
  return {
    root: root === "root" || root === "sudo" ? root : "none",
    ...(engine === "" ? {} : { engine }),
    ...(lookup === "dig" || lookup === "nslookup" ? { lookup } : {}),
    ...(fetch === "curl" || fetch === "wget" ? { fetch } : {}),
    ...(value("timeout") === "" ? { isTimeoutMissing: true } : {}),
  };
}

function readingOf(frame: Frame | undefined, begun: number, startedAt: number): ClockReading | undefined {
  if (frame?.code === undefined) return undefined;
  const text = Buffer.from(frame.output).toString("latin1").trim();
  // %N is unknown to the date of BusyBox and BSD
  const seconds = /^(\d{9,11})(?:\.(\d{1,9}))?/.exec(text);
  if (!seconds) return undefined;
  const fraction = seconds[2] === undefined ? 500 : Number(`0.${seconds[2]}`) * 1000;
  return {
    hostMs: Number(seconds[1]) * 1000 + fraction,
    beforeMs: startedAt,
    afterMs: startedAt + (frame.beganAt - begun),
  };
}
