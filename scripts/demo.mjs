// The main job on a recorded outage, offline: diagnose, plan, repair a copy, diagnose again until nothing is wrong.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const out = resolve(root, "demo-output");
const report = resolve(out, "report.html");

const built = spawnSync("npm", ["run", "-s", "build"], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
  shell: process.platform === "win32",
});
if (built.status !== 0) {
  console.error("The build failed; its output is above.");
  process.exit(3);
}
mkdirSync(out, { recursive: true });
const run = spawnSync(
  process.execPath,
  [
    resolve(root, "dist/cli/main.js"),
    "remediate",
    ...["--from", "examples/outage"],
    ...["--work", resolve(out, "world")],
    ...["--html", report],
    "--quiet",
  ],
  { cwd: root, stdio: ["ignore", "inherit", "inherit"] },
);
if (run.status === 0) {
  console.log(`
The report of the first round, with the picture of the stack: ${report}
The repaired copy, its before-images and the journal:          ${resolve(out, "world")}
The recording it started from:                                 ${resolve(root, "examples/outage")}`);
}
process.exit(run.status ?? 3);
