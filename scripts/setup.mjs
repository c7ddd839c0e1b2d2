// Installs the packages when a fresh clone has none or a pull brought others, so that `npm test` and `npm run demo` need no step before them.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `watchmend needs Node 20.19 or newer; this is ${process.version}. Install a newer Node and run the command again.`,
  );
  process.exit(3);
}

const versionIn = (folder) => {
  try {
    return JSON.parse(readFileSync(`node_modules/${folder}/package.json`, "utf8")).version;
  } catch {
    // Not installed, or not whole.
    return undefined;
  }
};
const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const pinned = Object.entries({ ...dependencies, ...devDependencies });
if (pinned.some(([name, version]) => versionIn(name) !== version)) {
  // Not `npm ci`: it refuses a lock file without the binaries of platforms that a registry mirror does not hold.
  const run = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund"], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (run.status !== 0) {
    console.error(
      "npm install failed; its output is above. Check the connection to your package registry and run the command again.",
    );
    process.exit(3);
  }
}
