// Makes the CLI start at once: one entry and a few chunks that are loaded when their verb runs, instead of a thousand files.
// CommonJS, because Node loads it without the asynchronous loader: --version is ready in half the time over an empty node.
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { build } from "rolldown";

/** Elsewhere when a folder is named: the rig builds beside itself, so that a build of somebody else changes nothing under it. */
const outdir = process.argv[2] ?? "dist";

rmSync(outdir, { recursive: true, force: true });
await build({
  input: { "cli/main": "src/cli/main.ts" },
  platform: "node",
  logLevel: "warn",
  output: {
    dir: outdir,
    format: "cjs",
    entryFileNames: "[name].js",
    // Chunks lie beside the entry, so that paths relative to the package hold in each.
    chunkFileNames: "cli/chunk-[hash].js",
    // Names stay, so that a stack in a bug report can be read.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    comments: false,
  },
});
// The package is a module; what is built is not.
writeFileSync(`${outdir}/package.json`, '{ "type": "commonjs" }\n');
chmodSync(`${outdir}/cli/main.js`, 0o755);
