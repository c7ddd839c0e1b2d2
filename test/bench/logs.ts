// `npm run bench -- logs`: how fast a log bundle is scanned, against ripgrep with the same patterns, and how much memory it takes.
import { spawnSync } from "node:child_process";
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectStream } from "../../src/collectors/logs/collect.ts";
import { textSet } from "../../src/collectors/logs/texts.ts";
import { compilePattern } from "../../src/model/pattern.ts";
import { rules } from "../../src/rules/registry.ts";
import { numbers, writeLogBundle } from "./log-bundle.ts";
import { peakMemory } from "./peak-memory.ts";
import type { BenchResult } from "./result.ts";
import { cli } from "./timed.ts";

const rounds = 5;
const patternCount = 800;
const megabyte = 1_000_000;
const bundleBytes = 1_000 * megabyte;

export const bench = { name: "logs", run: runLogs } as const;

async function runLogs(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "watchmend-bench-"));
  try {
    return await measure(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string): Promise<BenchResult> {
  const texts = patterns();
  const literals = [...new Set(texts.map((text) => compilePattern(text).literal))];
  const list = join(folder, "patterns");
  writeFileSync(list, `${literals.join("\n")}\n`);
  const figures: Record<string, number> = { patterns: texts.length };
  const ratios: Record<string, number> = {};
  const peer = ripgrepVersion();
  for (const [name, share] of [
    ["quiet", 10],
    ["noisy", 300],
  ] as const) {
    const file = join(folder, `${name}.log`);
    writeLogBundle(file, bundleBytes, share, literals);
    const size = statSync(file).size / megabyte;
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let i = 0; i < rounds; i += 1) {
      ours.push(await timed(() => scan(file, texts)));
      if (peer.runs) theirs.push(await timed(() => ripgrep(list, file)));
    }
    figures[`${name} MB/s`] = round(size / median(ours));
    if (!peer.runs) {
      rmSync(file);
      continue;
    }
    figures[`${name} MB/s ripgrep`] = round(size / median(theirs));
    ratios[`${name} throughput to ripgrep`] = round(median(theirs) / median(ours));
    rmSync(file);
  }
  await memory(folder, literals, figures, ratios);
  return { figures, ratios, peers: { ripgrep: peer.version } };
}

/** The rules' own texts, filled up with sentences of the same kind, so that the figure does not move with every new rule. */
function patterns(): readonly string[] {
  const own = [...new Set(rules.flatMap((rule) => rule.texts ?? []))];
  const n = numbers(1);
  const verbs = [
    "failed to open",
    "cannot reach",
    "timed out waiting for",
    "refused to load",
    "lost the lease of",
  ];
  const nouns = ["segment", "tenant", "receiver", "shard", "volume", "listener", "checkpoint", "ruler"];
  for (let i = own.length; i < patternCount; i += 1) {
    const [verb, noun, other] = [verbs[n(verbs.length)], nouns[n(nouns.length)], nouns[n(nouns.length)]];
    own.push(`${verb} ${noun} of the ${other} in step ${i}: {reason*}`);
  }
  return own;
}

const nowhere = {
  fact: (): void => undefined,
  seen: (): void => undefined,
  segment: (): void => undefined,
  text: (): void => undefined,
  gap: (): void => undefined,
};

async function scan(file: string, texts: readonly string[]): Promise<void> {
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  await collectStream({ source: file, startLine: 1 }, stream, textSet(texts), nowhere);
}

/** Fixed strings, not regular expressions: the variant in which ripgrep is fastest. */
function ripgrep(list: string, file: string): void {
  const { status } = spawnSync("rg", ["--count", "--ignore-case", "--fixed-strings", "--file", list, file]);
  if (status !== 0) throw new Error(`rg ended with ${status}`);
}

function ripgrepVersion(): { readonly runs: boolean; readonly version: string } {
  const { status, stdout } = spawnSync("rg", ["--version"], { encoding: "utf8" });
  if (status !== 0) return { runs: false, version: "not run: rg is not installed (apt-get install ripgrep)" };
  return { runs: true, version: /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? "unknown" };
}

/** Peak memory of the program itself, for an eighth of a gigabyte and for all of it. */
async function memory(
  folder: string,
  literals: readonly string[],
  figures: Record<string, number>,
  ratios: Record<string, number>,
): Promise<void> {
  const peaks: number[] = [];
  for (const bytes of [bundleBytes / 8, bundleBytes]) {
    const file = join(folder, "memory.log");
    writeLogBundle(file, bytes, 300, literals);
    const peak = await peakMemory(process.execPath, [cli, "diagnose", "--from", file, "--format", "json"]);
    rmSync(file);
    if (peak === undefined) return;
    peaks.push(peak / megabyte);
    figures[`peak MB for ${bytes / megabyte} MB`] = round(peak / megabyte);
  }
  const [small = Number.NaN, large = Number.NaN] = peaks;
  ratios["peak memory of a gigabyte over that of an eighth"] = round(large / small);
}

async function timed(run: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
