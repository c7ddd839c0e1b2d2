// Polaris and kubescape as peers: each repairs the workloads beside this file in its own way, watchmend writes the same change.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { diffArrays } from "diff";
import { parseAllDocuments } from "yaml";
import { editDocument } from "../../../src/plan/edit-document.ts";
import { asEdits, type DocumentChange } from "./as-edits.ts";

interface Peer {
  readonly name: string;
  readonly program: string;
  /** Repairs the files of the folder in place; a reason if it could not. */
  repair(program: string, folder: string): string | undefined;
}

interface Compared {
  readonly told: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly ratio?: number;
}

/** Programs are found on PATH, or named by WATCHMEND_BENCH_POLARIS and WATCHMEND_BENCH_KUBESCAPE. */
const known: readonly Peer[] = [
  {
    name: "polaris",
    program: process.env.WATCHMEND_BENCH_POLARIS ?? "polaris",
    repair: (program, folder) => run(program, ["fix", "--files-path", folder, "--checks=all"]),
  },
  { name: "kubescape", program: process.env.WATCHMEND_BENCH_KUBESCAPE ?? "kubescape", repair: byKubescape },
];

/** It fixes what its scan reports, and its scan wants policies: the folder that regolibrary's `scripts/export.py` writes. */
function byKubescape(program: string, folder: string): string | undefined {
  const { WATCHMEND_BENCH_KUBESCAPE_POLICIES: policies } = process.env;
  if (policies === undefined)
    return "its policies are fetched from outside; WATCHMEND_BENCH_KUBESCAPE_POLICIES=DIR names a copy";
  const report = join(folder, "..", "report.json");
  const scan = ["scan", "framework", "nsa", folder, "--use-artifacts-from", policies, "--keep-local"];
  return (
    run(program, [...scan, "--format", "json", "--output", report]) ??
    run(program, ["fix", report, "--no-confirm"])
  );
}

function run(program: string, args: readonly string[]): string | undefined {
  const ran = spawnSync(program, args, { encoding: "utf8", timeout: 300_000, maxBuffer: 1 << 28 });
  if (ran.error) return ran.error.message;
  return ran.status === 0 ? undefined : `exit ${ran.status}: ${ran.stderr.trim().split("\n").at(-1)}`;
}

const workloads = join(import.meta.dirname, "workloads");

/** What Git, editors and Windows make of one file. */
const variants: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  crlf: (text) => text.replaceAll("\n", "\r\n"),
  "no-last-line-end": (text) => text.replace(/\n$/, ""),
  "crlf-no-last-line-end": (text) => text.replace(/\n$/, "").replaceAll("\n", "\r\n"),
};

/** Four spellings of each workload. */
export function writeWorkloads(folder: string): readonly string[] {
  return readdirSync(workloads).flatMap((file) => {
    const text = readFileSync(join(workloads, file), "utf8");
    return Object.entries(variants).map(([variant, spell]) => {
      const name = file.replace(/\.yaml$/, `-${variant}.yaml`);
      writeFileSync(join(folder, name), spell(text));
      return name;
    });
  });
}

export function besidePeers(): Readonly<Record<string, Compared>> {
  return Object.fromEntries(known.map((peer) => [peer.name, compare(peer)]));
}

function compare(peer: Peer): Compared {
  const version = spawnSync(peer.program, ["version"], { encoding: "utf8", timeout: 20_000 });
  if (version.error) return { told: "not run: no such program on PATH", figures: {} };
  const room = mkdtempSync(join(tmpdir(), "watchmend-bench-fixes-"));
  try {
    return compareIn(room, peer);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

function compareIn(room: string, { name, program, repair }: Peer): Compared {
  const [before, after, again] = ["before", "after", "again"].map((part) => join(room, part));
  if (!before || !after || !again) throw new Error("no folders");
  mkdirSync(before);
  const files = writeWorkloads(before);
  cpSync(before, after, { recursive: true });
  const refused = repair(program, after);
  if (refused !== undefined) return { told: `not run: ${refused}`, figures: {} };
  cpSync(after, again, { recursive: true });
  const refusedAgain = repair(program, again);
  const text = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");
  const repaired = files.filter((file) => text(after, file) !== text(before, file));
  const broken = repaired.filter((file) => !parses(text(after, file)));
  const pairs = repaired
    .filter((file) => !broken.includes(file))
    .map((file) => pair(text(before, file), text(after, file)));
  const same = pairs.filter(({ ours }) => ours !== undefined);
  const lost = (one: Pair, text: string | undefined) => linesNotKept(one.before, text ?? one.before);
  const ours = sum(same.map((one) => lost(one, one.ours)));
  const theirs = sum(same.map((one) => lost(one, one.theirs)));
  return {
    told: [versionOf(program), refusedAgain && `its second run: ${refusedAgain.slice(0, 200)}`]
      .filter(Boolean)
      .join("; "),
    figures: {
      [`${name}: files given`]: files.length,
      [`${name}: files it changed`]: repaired.length,
      [`${name}: of those no YAML 1.2 any more`]: broken.length,
      [`${name}: changed again by a second run`]: files.filter(
        (file) => text(again, file) !== text(after, file),
      ).length,
      [`${name}: same change made by watchmend`]: same.length,
      [`${name}: same change refused by watchmend`]: pairs.length - same.length,
      [`${name}: original lines not kept, ${name}`]: theirs,
      [`${name}: original lines not kept, watchmend`]: ours,
      [`${name}: watchmend, second application changes`]: same.filter((one) => one.twice !== one.ours).length,
    },
    ...(theirs > 0 ? { ratio: ours / theirs } : {}),
  };
}

interface Pair {
  readonly before: string;
  readonly theirs: string;
  /** Missing where an edit was refused, or the data came out differently. */
  readonly ours: string | undefined;
  readonly twice: string | undefined;
}

function pair(before: string, theirs: string): Pair {
  const changes = asEdits(before, theirs);
  const ours = written(before, changes);
  const equal = ours !== undefined && JSON.stringify(dataOf(ours)) === JSON.stringify(dataOf(theirs));
  return {
    before,
    theirs,
    ours: equal ? ours : undefined,
    twice: equal ? written(ours, changes) : undefined,
  };
}

/** From the last document to the first, so that the lines of the others stay right. */
function written(before: string, changes: readonly DocumentChange[]): string | undefined {
  let text = before;
  for (const { line, edits } of changes.toReversed()) {
    const done = editDocument(text, {
      do: "edit-document",
      title: "edit",
      file: { source: "w", line },
      edits,
    });
    if (!done.ok) return undefined;
    ({ text } = done);
  }
  return text;
}

/** By YAML 1.2, as our own editor reads it; other parsers take some of what this one refuses. */
function parses(text: string): boolean {
  return parseAllDocuments(text).every(({ errors }) => errors.length === 0);
}

/** Keys sorted: the order of keys is no difference of data. */
function dataOf(text: string): unknown {
  return parseAllDocuments(text).map((document) => sorted(document.toJS({ maxAliasCount: 1_000 })));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

/** Lines of the original, to the byte, that the repaired file no longer has at their place. */
function linesNotKept(before: string, after: string): number {
  const parts = diffArrays(before.split("\n"), after.split("\n"));
  return sum(parts.map(({ removed, value }) => (removed ? value.length : 0)));
}

/** What Go wrote into the program: its own word for its version is empty when it was built from source. */
function versionOf(program: string): string {
  const found = spawnSync("sh", ["-c", 'go version -m "$(command -v "$0")"', program], { encoding: "utf8" });
  const module = /^\s*mod\s+\S+\s+(\S+)/m.exec(found.stdout)?.[1];
  const revision = /vcs\.revision=(\S{12})/.exec(found.stdout)?.[1];
  return [module, revision && `commit ${revision}`].filter(Boolean).join(", ") || "of unknown version";
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
