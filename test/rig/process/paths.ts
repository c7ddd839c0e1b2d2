// Where the rig keeps what it builds and what it runs: outside the repository, so that clones on one machine share it.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const rigRoot = dirname(dirname(fileURLToPath(import.meta.url)));
export const repoRoot = dirname(dirname(rigRoot));
export const cacheRoot = process.env.WATCHMEND_RIG_CACHE ?? "/var/cache/watchmend-rig";
/** Must be a real file system: an engine's storage cannot lie on an overlay. */
export const runsRoot = process.env.WATCHMEND_RIG_RUNS ?? "/var/lib/watchmend-rig";
/** Logs of failed scenarios and builds stay here for the person who has to read them. */
export const failuresRoot = join(repoRoot, ".rig", "failures");
