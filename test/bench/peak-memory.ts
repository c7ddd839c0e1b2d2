// The most memory a program ever held, as Linux counts it.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** Bytes; undefined where the system does not tell. */
export async function peakMemory(command: string, args: readonly string[]): Promise<number | undefined> {
  let peak: number | undefined;
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "ignore"] });
  const timer = setInterval(() => {
    peak = highWater(child.pid) ?? peak;
  }, 20);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", resolve);
    });
    if (status === null || status > 2) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  } finally {
    clearInterval(timer);
  }
  return peak;
}

function highWater(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    // It has ended, or this is no Linux.
    return undefined;
  }
}
