// The doors to hosts: the system's ssh with one multiplexed connection, and `sh` for the machine watchmend runs on.
import { randomBytes } from "node:crypto";
import type { HostDoor, RunOptions, RunResult } from "../../model/door.ts";
import { UserError } from "../../model/errors.ts";
import { pause, retryDelayMs, type Turns } from "./connect-turns.ts";
import { type ControlSocket, takeControlSocket } from "./control-directory.ts";
import { endMaster } from "./end-master.ts";
import type { HostAddress } from "./host-name.ts";
import { type ProgramResult, runProgram } from "./run-program.ts";
import { classifySshFailure, isWorthRetrying, noShell, noSsh, type SshFailure } from "./ssh-failure.ts";

export interface SessionOptions extends RunOptions {
  /** Pieces of stdout as they come. */
  readonly onData?: (chunk: Uint8Array) => void;
  /** Our script has begun to run there. */
  readonly onReached?: () => void;
}

/** A HostDoor that also tells what happened instead of throwing. */
export interface HostSession extends HostDoor {
  attempt(script: string, options: SessionOptions): Promise<RunResult | { readonly failure: SshFailure }>;
}

export interface SshOptions {
  readonly config?: string;
  readonly identity?: string;
  readonly turns: Turns;
  readonly connectTimeoutSeconds?: number;
  /** Another program than `ssh`, for tests. */
  readonly program?: readonly string[];
}

const attempts = 4;
/** The master outlives a killed watchmend by this much. */
const persistSeconds = 20;

export function openHost(address: HostAddress, options: SshOptions): HostSession {
  return address.isLocal ? localSession(address.name) : sshSession(address, options);
}

function localSession(host: string): HostSession {
  const attempt: HostSession["attempt"] = async (script, options) =>
    ran(await start(["sh"], script, options));
  return { host, attempt, run: throwing(host, attempt), close: async () => undefined };
}

function sshSession(address: HostAddress, options: SshOptions): HostSession {
  const program = options.program ?? ["ssh"];
  let socket: ControlSocket | undefined;
  let isConnected = false;
  const words = (): string[] => {
    socket ??= takeControlSocket();
    return [...program, ...sshWords(address, options, socket.path)];
  };
  const once = async (script: string, run: SessionOptions): Promise<RunResult | { failure: SshFailure }> => {
    const result = await start([...words(), "exec", "sh"], script, run);
    if (result.notStarted !== undefined) return { failure: noSsh(address, result.notStarted) };
    if (result.isReached) {
      isConnected = true;
      return ran(result);
    }
    if (result.timedOut || run.signal?.aborted)
      return { failure: { ...classifySshFailure("timed out", address), detail: "no answer in time" } };
    return {
      failure:
        result.code === 255 ? classifySshFailure(result.stderr, address) : noShell(address, result.stderr),
    };
  };
  const attempt: HostSession["attempt"] = async (script, run) => {
    if (isConnected) return once(script, run);
    for (let i = 1; ; i += 1) {
      const result = await connected(options.turns, (onReached) => once(script, { ...run, onReached }));
      const isOver = i >= attempts || run.signal?.aborted;
      if (!("failure" in result) || !isWorthRetrying(result.failure.kind) || isOver) return result;
      await pause(retryDelayMs(i), run.signal);
    }
  };
  return {
    host: address.name,
    attempt,
    run: throwing(address.name, attempt),
    async close() {
      if (socket === undefined) return;
      const used = socket;
      socket = undefined;
      isConnected = false;
      if (!(await endMaster(used.path))) {
        const argv = [...program, "-O", "exit", ...sshWords(address, options, used.path)];
        await runProgram(argv, { timeoutMs: 5_000 });
      }
      used.release();
    },
  };
}

/** Others may connect as soon as this one is in: what it then does there takes no turn of theirs. */
async function connected<T>(turns: Turns, work: (onReached: () => void) => Promise<T>): Promise<T> {
  let running: Promise<T> | undefined;
  await turns.take(
    () =>
      new Promise<void>((resolve) => {
        running = work(resolve);
        running.then(
          () => resolve(),
          () => resolve(),
        );
      }),
  );
  return (await running) as T;
}

/** What a person has in ~/.ssh/config holds, apart from what a run without a terminal needs. Keys are checked as configured. */
export function sshWords(address: HostAddress, options: SshOptions, socket: string): string[] {
  const set = (key: string, value: string): string[] => ["-o", `${key}=${value}`];
  return [
    "-T",
    ...(options.config === undefined ? [] : ["-F", options.config]),
    ...(options.identity === undefined ? [] : ["-i", options.identity]),
    ...set("BatchMode", "yes"),
    ...set("ConnectTimeout", String(options.connectTimeoutSeconds ?? 10)),
    ...set("ServerAliveInterval", "5"),
    ...set("ServerAliveCountMax", "3"),
    ...set("ControlMaster", "auto"),
    ...set("ControlPath", socket),
    ...set("ControlPersist", String(persistSeconds)),
    ...set("ClearAllForwardings", "yes"),
    ...set("PermitLocalCommand", "no"),
    ...set("RequestTTY", "no"),
    ...(address.dial === undefined ? [] : set("HostName", address.dial)),
    ...(address.key === undefined ? [] : ["-i", address.key]),
    ...(address.jump === undefined ? [] : ["-J", address.jump]),
    ...(address.port === undefined ? [] : ["-p", String(address.port)]),
    ...(address.user === undefined ? [] : ["-l", address.user]),
    "--",
    address.name,
  ];
}

interface Started extends ProgramResult {
  /** Our script began to run there. */
  readonly isReached: boolean;
}

/**
 * The script goes in by stdin, so that no login shell (csh, fish) ever reads it and no length limit applies. With an input
 * of its own it goes in as a word that every shell leaves alone.
 */
async function start(argv: readonly string[], script: string, options: SessionOptions): Promise<Started> {
  const mark = `watchmend-${randomBytes(12).toString("hex")}`;
  const marked = `printf '%s\\n' ${mark} >&2\n${script}\n`;
  const isByInput = options.stdin === undefined && options.stdinFrom === undefined;
  const words = isByInput ? [...argv, "-s"] : [...argv, "-c", ...argumentFor(argv, marked)];
  const { onReached, ...rest } = options;
  const isSeen = onReached && lineSeen(mark, onReached);
  const run = { ...rest, ...(isSeen ? { onErrorData: isSeen } : {}) };
  const result = await runProgram(words, isByInput ? { ...run, stdin: marked } : run);
  const at = result.stderr.indexOf(`${mark}\n`);
  if (at === -1) return { ...result, isReached: false };
  return { ...result, stderr: result.stderr.slice(at + mark.length + 1), isReached: true };
}

/** Calls once, when the mark has come; what a banner says before it is of no interest. */
function lineSeen(mark: string, then: () => void): (chunk: Uint8Array) => void {
  let tail = "";
  let done = false;
  return (chunk) => {
    if (done) return;
    tail += Buffer.from(chunk).toString("latin1");
    if (tail.includes(mark)) {
      done = true;
      then();
    } else tail = tail.slice(-mark.length);
  };
}

/** The local `sh` gets the script as it is; through ssh a login shell reads it first. */
function argumentFor(argv: readonly string[], script: string): string[] {
  return argv.length === 1 ? [script] : [shellProofWord(script)];
}

/** Octal for everything that means something to any shell: sh, csh, fish. */
export function shellProofWord(script: string): string {
  const bytes = [...Buffer.from(script, "utf8")];
  const written = bytes.map((byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9._/=:,-]/.test(char) ? char : `\\0${byte.toString(8).padStart(3, "0")}`;
  });
  return `'eval "$(printf %b "${written.join("")}")"'`;
}

/** Code 255 is also ssh's own when the connection breaks: its words tell. */
function ran(result: Started): RunResult {
  const { notStarted: _, isReached: __, code, ...rest } = result;
  const isLost =
    code === 255 && /client_loop: |Timeout, server|closed by remote host|mux_client_/.test(result.stderr);
  return { ...rest, ...(code === undefined || isLost ? {} : { code }) };
}

function throwing(host: string, attempt: HostSession["attempt"]): HostDoor["run"] {
  return async (script, options) => {
    const result = await attempt(script, options);
    if (!("failure" in result)) return result;
    const { detail, remedy } = result.failure;
    throw new UserError("host-unreachable", `${host} cannot be reached: ${detail}`, remedy);
  };
}
