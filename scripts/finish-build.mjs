// Makes the CLI start at once: one entry and a few chunks that are loaded when their verb runs, instead of a thousand files.
import { chmodSync, rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: { "cli/main": "src/cli/main.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  // Chunks lie beside the entry, so that paths relative to the package hold in each.
  chunkNames: "cli/chunk-[hash]",
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
  },
  logLevel: "warning",
  legalComments: "none",
});
chmodSync("dist/cli/main.js", 0o755);
