// Runs one program to its end and says, when it fails, what it was and what it wrote last.
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync } from "node:fs";

export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type CommandOptions = {
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Everything it prints is appended to this file as well. */
  readonly log?: string;
  /** A non-zero exit code is an answer and not an error. */
  readonly allowFailure?: boolean;
  readonly onLine?: (line: string) => void;
};

/** The rig keeps what a program prints in memory; beyond this only the end counts. */
const keepBytes = 64 * 1024 * 1024;
const defaultTimeoutMs = 120_000;

export const tail = (text: string, lines = 25): string => text.trimEnd().split("\n").slice(-lines).join("\n");

export const shown = (argv: readonly string[]): string => {
  const line = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(" ");
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
};

const collect = (
  child: ChildProcess,
  stream: "stdout" | "stderr",
  options: CommandOptions,
): (() => string) => {
  const chunks: Buffer[] = [];
  let size = 0;
  let rest = "";
  child[stream]?.on("data", (chunk: Buffer) => {
    if (options.log !== undefined) appendFileSync(options.log, chunk);
    chunks.push(chunk);
    size += chunk.length;
    while (size > keepBytes && chunks.length > 1) size -= chunks.shift()?.length ?? 0;
    if (options.onLine === undefined) return;
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) options.onLine(line);
  });
  return () => Buffer.concat(chunks).toString("utf8");
};

export const run = (argv: readonly string[], options: CommandOptions = {}): Promise<Ran> => {
  const [file, ...args] = argv;
  if (file === undefined) throw new Error("run() needs a program");
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const stdout = collect(child, "stdout", options);
    const stderr = collect(child, "stderr", options);
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`cannot start ${shown(argv)}: ${error.message}`));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const ran: Ran = { code: code ?? 128, stdout: stdout(), stderr: stderr() };
      const said = tail(`${ran.stdout}\n${ran.stderr}`.trim());
      if (timedOut) reject(new Error(`${shown(argv)}: no end after ${timeoutMs / 1000} s\n${said}`));
      else if (ran.code === 0 || options.allowFailure === true) resolve(ran);
      else reject(new Error(`${shown(argv)}: exit ${signal ?? ran.code}\n${said}`));
    });
  });
};

export const output = async (argv: readonly string[], options: CommandOptions = {}): Promise<string> =>
  (await run(argv, options)).stdout.trim();
