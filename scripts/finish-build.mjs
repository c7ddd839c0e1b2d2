// After tsc: makes the CLI's entry runnable.
import { chmodSync, existsSync } from "node:fs";

const entry = "dist/cli/main.js";
if (existsSync(entry)) chmodSync(entry, 0o755);
