// A host door onto this machine: scripts run by `sh` as they would at the other end of ssh.
import { spawn } from "node:child_process";
import type { HostDoor, RunResult } from "../../../src/model/door.ts";
import type { HostAccess } from "../../../src/plan/transaction/doors.ts";

export function localDoor(host: string): HostDoor {
  return {
    host,
    run: (script, { stdin, timeoutMs, signal, maxBytes = 64 * 1024 * 1024 }) =>
      new Promise<RunResult>((resolve, reject) => {
        const child = spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "pipe"] });
        const out: Buffer[] = [];
        let bytes = 0;
        let stderr = "";
        let timedOut = false;
        const timer = setTimeout(() => {
          timedOut = true;
          child.kill("SIGKILL");
        }, timeoutMs);
        signal?.addEventListener("abort", () => child.kill("SIGKILL"), { once: true });
        child.stdout.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          out.push(chunk);
        });
        child.stderr.on("data", (chunk: Buffer) => {
          stderr += chunk.toString("utf8");
        });
        child.stdin.on("error", () => undefined);
        child.on("error", reject);
        child.on("close", (code) => {
          clearTimeout(timer);
          resolve({
            stdout: Buffer.concat(out).subarray(0, maxBytes),
            stderr,
            ...(code === null ? {} : { code }),
            ...(timedOut ? { timedOut } : {}),
            ...(bytes > maxBytes ? { truncated: true } : {}),
          });
        });
        child.stdin.end(stdin ?? "");
      }),
    close: () => Promise.resolve(),
  };
}

export function localAccess(host: string, folder: string): HostAccess {
  return { door: localDoor(host), sudo: false, lockAt: [`${folder}/watchmend.lock`] };
}
