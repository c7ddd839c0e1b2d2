// A recorded world holds several states of one system; what may be judged is the one it was found in.
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecordedWorld } from "../plan/is-recorded-world.ts";

export function isWorld(path: string): boolean {
  return path !== "-" && existsSync(path) && statSync(path).isDirectory() && isRecordedWorld(path);
}

/** Runs `judge` on what is to be read for `path`: of a recorded world its first state, of anything else the thing itself. */
export async function withEvidence<Result>(
  path: string,
  judge: (evidence: string) => Promise<Result>,
): Promise<Result> {
  if (!isWorld(path)) return await judge(path);
  const { openRecordedWorld } = await import("../plan/recorded-world.ts");
  const work = mkdtempSync(join(tmpdir(), "watchmend-world-"));
  try {
    return await judge(openRecordedWorld(path, work).evidence);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
