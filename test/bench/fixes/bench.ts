// `npm run bench -- fixes`: how much of a file a fix touches beyond what it must, beside others that write YAML.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { diffArrays } from "diff";
import { parseAllDocuments } from "yaml";
import { editDocument } from "../../../src/plan/edit-document.ts";
import { type EditCase, editCases } from "../../plan/edit-cases.ts";
import type { BenchResult } from "../result.ts";
import { inTurn } from "../timed.ts";
import { besidePeers } from "./peers.ts";

export const bench = { name: "fixes", run: runFixes } as const;

const folder = join(import.meta.dirname, "../../plan/fixtures");

interface Written {
  readonly before: string;
  readonly after: string;
}

async function runFixes(): Promise<BenchResult> {
  const done = editCases.flatMap((one) => {
    const written = byWatchmend(one);
    return written ? [{ one, written }] : [];
  });
  // One document, set or replaced, nothing embedded: what a program that parses and writes again can do as well.
  const shared = done.flatMap(({ one, written }) => {
    const other = byRoundTrip(one, written.before);
    return other ? [{ one, ours: written, theirs: other }] : [];
  });
  const twice = done.filter(({ one, written }) => {
    const again = editDocument(written.after, stepOf(one));
    return !again.ok || again.text !== written.after;
  });
  const ms = inTurn({
    ours: () => timed(() => editCases.map(byWatchmend)),
    theirs: () => timed(() => editCases.map((one) => byRoundTrip(one, read(one)))),
  });
  const { ours = Number.NaN, theirs = Number.NaN } = ms;
  const oursBeyond = sum(shared.map((pair) => beyond(pair.ours, pair.one)));
  const theirsBeyond = sum(shared.map((pair) => beyond(pair.theirs, pair.one)));
  const peers = besidePeers();
  return {
    figures: {
      files: new Set(editCases.map(({ file }) => file)).size,
      edits: done.length,
      "refused as not safe": editCases.length - done.length,
      "lines changed beyond the fix": sum(done.map(({ one, written }) => beyond(written, one))),
      "second application changes something": twice.length,
      "shared edits": shared.length,
      "shared: lines beyond the fix, watchmend": oursBeyond,
      "shared: lines beyond the fix, yaml round trip": theirsBeyond,
      "all edits, ms": ours,
      ...Object.assign({}, ...Object.values(peers).map(({ figures }) => figures)),
    },
    ratios: {
      "lines beyond the fix over a yaml round trip": oursBeyond / theirsBeyond,
      "time over a yaml round trip": ours / theirs,
      ...Object.fromEntries(
        Object.entries(peers).flatMap(([name, { ratio }]) =>
          ratio === undefined ? [] : [[`original lines not kept over ${name}`, ratio]],
        ),
      ),
    },
    peers: {
      yaml: "2 (parseDocument, setIn, toString)",
      ...Object.fromEntries(Object.entries(peers).map(([name, { told }]) => [name, told])),
    },
  };
}

function read({ file }: EditCase): string {
  return readFileSync(join(folder, file), "utf8");
}

function stepOf({ file, line, key, edits }: EditCase): Parameters<typeof editDocument>[1] {
  return {
    do: "edit-document",
    title: "edit",
    file: { source: file, ...(line === undefined ? {} : { line }) },
    ...(key === undefined ? {} : { embeddedKey: key }),
    edits,
  };
}

function byWatchmend(one: EditCase): Written | undefined {
  const before = read(one);
  const result = editDocument(before, stepOf(one));
  return result.ok && result.changed ? { before, after: result.text } : undefined;
}

function byRoundTrip({ key, edits }: EditCase, before: string): Written | undefined {
  if (key !== undefined || edits.some(({ op }) => op !== "set" && op !== "replace")) return undefined;
  const [document, other] = parseAllDocuments(before);
  if (!document || !("setIn" in document) || other || document.errors.length > 0) return undefined;
  try {
    for (const { path, value } of edits) document.setIn(path, value);
    return { before, after: document.toString() };
  } catch {
    return undefined;
  }
}

/** Lines that were only written in another way (blanks, line ends, quotes), and comments that are gone. */
function beyond({ before, after }: Written, { edits }: EditCase): number {
  const named = new Set(edits.map(({ path }) => String(path.at(-1))));
  const last = before.split("\n").at(-1);
  const parts = diffArrays(before.split("\n"), after.split("\n"));
  const added = parts.flatMap((part) => (part.added ? part.value.map(plain) : []));
  const removed = parts.flatMap((part) => (part.removed ? part.value : []));
  const rewritten = removed.filter((line) => {
    // Quotes around the value that was asked for are the fix; a last line gets its end when another follows.
    if (line === last || named.has(line.trim().split(":")[0] ?? "")) return false;
    const at = added.indexOf(plain(line));
    if (at >= 0) added.splice(at, 1);
    return at >= 0;
  });
  const kept = new Set(commentsOf(after));
  const lost = commentsOf(before).filter(
    (comment) =>
      !kept.has(comment) && !removed.some((line) => line.includes(comment) && isTarget(line, comment)),
  );
  return rewritten.length + lost.length;
}

/** A comment behind a value that is taken away goes with it. */
function isTarget(line: string, comment: string): boolean {
  return line.replace(comment, "").trim() !== "#" && !line.trimStart().startsWith("#");
}

function plain(line: string): string {
  return line.replaceAll(/[\s'"\r]/g, "");
}

function commentsOf(text: string): string[] {
  return text.split("\n").flatMap((line) => /(?:^|\s)#\s*(\S.*?)\s*$/.exec(line.slice(0, 2_000))?.[1] ?? []);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}
