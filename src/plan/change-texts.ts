// What steps do to texts, without touching any file: the changes of a plan, computed before the first byte is written.
import { diffArrays } from "diff";
import type { Step } from "../model/plan.ts";
import { commandOf } from "./commands.ts";
import { type Edited, type Refusal, Refused } from "./edit/refusal.ts";
import { editDocument } from "./edit-document.ts";
import { replaceLines } from "./replace-lines.ts";

/** One file before and after all steps. `before` is undefined for a file that is new. */
export interface FileChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
  /** Permission bits to set; undefined keeps what the file has. */
  readonly mode?: number;
}

export type StepOutcome =
  | {
      readonly state: "changed" | "already";
      readonly path: string;
      readonly before: string;
      readonly after: string;
    }
  /** Not done with files; a person or a target does it. */
  | { readonly state: "left"; readonly because: string; readonly command?: string }
  | { readonly state: "refused"; readonly path: string; readonly refusal: Refusal };

export interface TextChanges {
  /** One per step, in order. */
  readonly outcomes: readonly StepOutcome[];
  /** Files whose text differs in the end, by path. Empty when a step was refused: a plan is done whole or not at all. */
  readonly changes: readonly FileChange[];
}

/** Text of a file by its path; undefined where there is none; throws `Refused` where it may not be read. */
export type ReadText = (path: string) => string | undefined;

/** Where a file of a host (or an absolute path) lies in the folder that is changed; undefined where it does not. */
export type PlaceFile = (path: string, host: string | undefined) => string | undefined;

export function changeTexts(steps: readonly Step[], read: ReadText, place: PlaceFile): TextChanges {
  const files = new Map<string, OpenFile>();
  const open = (path: string): OpenFile => {
    const known = files.get(path);
    if (known) return known;
    const before = read(path);
    const file = { before, now: before };
    files.set(path, file);
    return file;
  };
  const outcomes = steps.map((step): StepOutcome => {
    const path = pathOf(step, place);
    if (path === undefined) return left(step);
    try {
      const file = open(path);
      const text = file.now;
      if (step.do === "write-file") {
        file.now = step.content;
        if (step.mode !== undefined) file.mode = step.mode;
        const state = text === step.content ? "already" : "changed";
        return { state, path, before: text ?? "", after: step.content };
      }
      if (text === undefined)
        return {
          state: "refused",
          path,
          refusal: { code: "place-missing", because: "there is no such file" },
        };
      const result = editStep(step, text, file.before ?? "");
      if (!result.ok) return { state: "refused", path, refusal: result.refusal };
      file.now = result.text;
      return { state: result.changed ? "changed" : "already", path, before: text, after: result.text };
    } catch (error) {
      if (error instanceof Refused) return { state: "refused", path, refusal: error.refusal };
      throw error;
    }
  });
  const isRefused = outcomes.some((outcome) => outcome.state === "refused");
  return { outcomes, changes: isRefused ? [] : changed(files) };
}

/** A file on its way through the steps. */
interface OpenFile {
  readonly before: string | undefined;
  now: string | undefined;
  mode?: number;
}

function changed(files: ReadonlyMap<string, OpenFile>): FileChange[] {
  return [...files].flatMap(([path, { before, now, mode }]) =>
    now === undefined || now === before
      ? []
      : [{ path, before, after: now, ...(mode === undefined ? {} : { mode }) }],
  );
}

function pathOf(step: Step, place: PlaceFile): string | undefined {
  if (step.do === "edit-document" || step.do === "replace-lines") return step.file.source;
  return step.do === "write-file" ? place(step.path, step.host) : undefined;
}

function left(step: Step): StepOutcome {
  const command = commandOf(step);
  const because =
    step.do === "write-file" ? `${step.path} is no file of this folder` : "files alone do not do this";
  return { state: "left", because, ...(command ? { command } : {}) };
}

/** Lines a step names are those of the text the plan was made from; earlier steps of the plan may have moved them. */
export function editStep(step: Step, text: string, original: string): Edited {
  if (step.do === "edit-document") {
    const { line } = step.file;
    const now = line === undefined ? undefined : moved(original, text, line);
    return editDocument(text, now === undefined ? step : { ...step, file: { ...step.file, line: now } });
  }
  if (step.do === "replace-lines") {
    const from = moved(original, text, step.from);
    return replaceLines(text, { ...step, from, to: step.to + from - step.from });
  }
  throw new Error(`${step.do} is no edit`);
}

/** Where a line of the original text stands now; a line that was itself changed stays where the change began. */
function moved(original: string, text: string, line: number): number {
  if (original === text) return line;
  let before = 0;
  let after = 0;
  for (const part of diffArrays(original.split("\n"), text.split("\n"))) {
    const count = part.value.length;
    if (part.added) after += count;
    else if (line <= before + count) return part.removed ? after + 1 : after + line - before;
    else {
      before += count;
      if (!part.removed) after += count;
    }
  }
  return line;
}
