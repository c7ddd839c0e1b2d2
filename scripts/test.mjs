// Runs all tests that need no rig and ends with the line CI reads.
import { spawn } from "node:child_process";

const steps = [
  ["npx", ["--no-install", "tsx", "scripts/registry.ts"]],
  ["npx", ["--no-install", "tsc", "--noEmit"]],
  ["npx", ["--no-install", "biome", "check", "."]],
  ["npm", ["run", "-s", "build"]],
];
const run = (command, args) =>
  new Promise((resolve) => {
    let out = "";
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.on("data", (chunk) => {
      out += chunk;
      process.stdout.write(chunk);
    });
    child.on("close", (code) => resolve({ code, out }));
  });

let passed = 0;
let failed = 0;
const filters = process.argv.slice(2);
for (const [command, args] of filters.length > 0 ? steps.slice(0, 1) : steps) {
  const { code } = await run(command, args);
  if (code === 0) passed++;
  else failed++;
}
const tests = await run("npx", ["--no-install", "vitest", "run", ...filters]);
const counts = tests.out.replace(/\u001b\[[0-9;]*m/g, "").match(/^\s*Tests\s+(.*)$/m)?.[1] ?? "";
passed += Number(counts.match(/(\d+) passed/)?.[1] ?? 0);
const broken = Number(counts.match(/(\d+) failed/)?.[1] ?? 0);
failed += broken + (tests.code !== 0 && broken === 0 ? 1 : 0);
const skipped = Number(counts.match(/(\d+) skipped/)?.[1] ?? 0);
if (skipped > 0) console.log(`${skipped} skipped, marked ↓ above: what they need is not on this machine`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
