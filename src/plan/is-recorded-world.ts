// Tells a recorded world from any other folder, without loading what reads one.
import { existsSync } from "node:fs";
import { join } from "node:path";

export const worldFileName = "world.yaml";

export function isRecordedWorld(folder: string): boolean {
  return existsSync(join(folder, worldFileName));
}
