// Scores the collected real incidents, when they lie beside this checkout (they are not part of the repository).
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const cases = resolve(root, "../shared/cases");
const cli = join(root, "dist/cli/main.js");

interface Summary {
  readonly summary: {
    readonly all: {
      readonly score: number;
      readonly scored: number;
      readonly falseAccusations: number;
      readonly falseAlarms: number;
      readonly crashes: number;
    };
  };
}

test.skipIf(!existsSync(join(cases, "score.mjs")))(
  "at least 90 % of the real incidents, and nobody accused wrongly",
  () => {
    expect(existsSync(cli), "npm run build comes first").toBe(true);
    const out = join(mkdtempSync(join(tmpdir(), "watchmend-score-")), "score.json");
    const run = spawnSync(
      process.execPath,
      [join(cases, "score.mjs"), "--root", cases, "--json", out, "--timeout", "60"],
      { cwd: root, encoding: "utf8" },
    );
    console.log(run.stdout);
    expect(run.status, run.stderr).toBe(0);
    const { all } = (JSON.parse(readFileSync(out, "utf8")) as Summary).summary;
    expect(all.crashes).toBe(0);
    expect(all.falseAccusations).toBe(0);
    expect(all.falseAlarms).toBe(0);
    expect(all.score / all.scored).toBeGreaterThanOrEqual(0.9);
  },
  300_000,
);
