// Applies steps to the files of a folder: all of them or none, with before-images, refusing whatever has moved.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "../model/plan.ts";
import { beginBackup, endBackup, restoreBackup, sha256 } from "./backup.ts";
import { changeTexts, type FileChange, type PlaceFile, type TextChanges } from "./change-texts.ts";
import type { Refusal } from "./edit/refusal.ts";
import { pathInside, readInside, statsOf } from "./folder-file.ts";
import { writeAtomic } from "./write-atomic.ts";

export interface ApplyOptions {
  /** Folder that paths of steps are relative to. */
  readonly root: string;
  /** Folder for the before-images; must not hold a backup yet. */
  readonly backup: string;
  /** sha256 of files as they were when the plan was made; another content refuses the plan. */
  readonly fingerprints?: Readonly<Record<string, string>>;
}

export type Applied =
  | { readonly ok: true; readonly outcomes: TextChanges["outcomes"]; readonly changes: readonly FileChange[] }
  | {
      readonly ok: false;
      readonly outcomes: TextChanges["outcomes"];
      readonly because: string;
      /** Files that could not be put back after a failure; normally none. */
      readonly damaged: readonly string[];
    };

/** What the steps would do to the folder; nothing is written. */
export function previewOnFiles(root: string, steps: readonly Step[]): TextChanges {
  return changeTexts(steps, (path) => readInside(root, path), placeIn(root));
}

/** Below `hosts/<name>/` lies that host's root; other absolute paths are not part of the folder. */
function placeIn(root: string): PlaceFile {
  return (path, host) => {
    if (!path.startsWith("/")) return path;
    if (host === undefined || !/^[\w.-]+$/.test(host)) return undefined;
    return existsSync(join(root, "hosts", host)) ? `hosts/${host}${path}` : undefined;
  };
}

export function applyToFiles(steps: readonly Step[], options: ApplyOptions): Applied {
  const { outcomes, changes } = previewOnFiles(options.root, steps);
  const refused = outcomes.findIndex((outcome) => outcome.state === "refused");
  if (refused >= 0) return fail(outcomes, refusalText(steps[refused], outcomes[refused]));
  const stale = staleFile(changes, options.fingerprints);
  if (stale !== undefined) return fail(outcomes, `${stale} has changed since the plan was made`);
  if (changes.length === 0) return { ok: true, outcomes, changes };
  const failure = commitChanges(changes, options);
  return failure ? fail(outcomes, failure.because, failure.damaged) : { ok: true, outcomes, changes };
}

function fail(outcomes: TextChanges["outcomes"], because: string, damaged: readonly string[] = []): Applied {
  return { ok: false, outcomes, because, damaged };
}

function refusalText(step: Step | undefined, outcome: TextChanges["outcomes"][number] | undefined): string {
  if (outcome?.state !== "refused") return "refused";
  const { refusal, path } = outcome;
  return `${step?.title ?? "step"}: ${describeRefusal(path, refusal)}`;
}

export function describeRefusal(path: string, { because, line }: Refusal): string {
  return `${path}${line === undefined ? "" : `:${line}`}: ${because}`;
}

function staleFile(
  changes: readonly FileChange[],
  fingerprints: Readonly<Record<string, string>> | undefined,
): string | undefined {
  return changes.find(({ path, before }) => {
    const wanted = fingerprints?.[path];
    return wanted !== undefined && wanted !== (before === undefined ? "" : sha256(before));
  })?.path;
}

export interface CommitFailure {
  readonly because: string;
  readonly damaged: readonly string[];
}

/** Writes changes that have been computed: all of them, or everything is put back and the reason returned. */
export function commitChanges(
  changes: readonly FileChange[],
  { root, backup }: Pick<ApplyOptions, "root" | "backup">,
): CommitFailure | undefined {
  try {
    beginBackup(backup, changes);
  } catch (error) {
    return { because: `the files as they are cannot be saved in ${backup}: ${message(error)}`, damaged: [] };
  }
  try {
    for (const change of changes) write(root, change);
    endBackup(backup, "done");
    return undefined;
  } catch (error) {
    return undo(root, backup, message(error));
  }
}

function undo(root: string, backup: string, because: string): CommitFailure {
  try {
    const { keptChanged } = restoreBackup(root, backup);
    return { because: `${because}; everything was put back`, damaged: keptChanged };
  } catch (error) {
    return {
      because: `${because}; putting it back failed too (${message(error)}): the files as they were are in ${backup}`,
      damaged: [backup],
    };
  }
}

/** Reads the file once more just before it is replaced: what somebody saved meanwhile is not lost. */
function write(root: string, change: FileChange): void {
  if (readInside(root, change.path) !== change.before)
    throw new Error(`${change.path} was changed by somebody else at this moment`);
  const full = pathInside(root, change.path);
  writeAtomic(full, change.after, statsOf(full), change.mode);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
