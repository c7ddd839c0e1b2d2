// `lint --fix`: the fixes' file edits, round by round in memory until nothing changes, then written at once.
import { join } from "node:path";
import { createTwoFilesPatch } from "diff";
import { identityOf } from "../lint/baseline.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Step } from "../model/plan.ts";
import { commitChanges, describeRefusal } from "../plan/apply-to-files.ts";
import { changeTexts, type FileChange, type TextChanges } from "../plan/change-texts.ts";
import { Refused } from "../plan/edit/refusal.ts";
import { rightsGiven } from "../plan/rights.ts";
import type { LintOptions } from "./commands/lint.ts";
import type { Linted } from "./lint.ts";
import type { LintFiles } from "./lint-files.ts";
import { deliver, exitCodeOf, note } from "./output.ts";
import type { Veil } from "./veil.ts";

type Texts = LintFiles["texts"];
type Judge = (texts: Texts) => Linted;

const mostRounds = 10;

export interface FixResult {
  readonly texts: Texts;
  readonly linted: Linted;
  /** Findings whose fix was applied, in order. */
  readonly fixed: readonly Finding[];
  /** Why a fix was not applied, by identity of the finding. */
  readonly refused: ReadonlyMap<string, string>;
}

export interface FixRun {
  readonly options: LintOptions;
  /** Names the backup. */
  readonly stamp: string;
  readonly veil: Veil;
  readonly finish: (linted: Linted) => Promise<number>;
}

export async function fixFiles(files: LintFiles, judge: Judge, run: FixRun): Promise<number> {
  const { options, veil } = run;
  const result = fixInMemory(files, judge);
  const changes = changesOf(files.texts, result.texts);
  const diff = veil.text(unifiedDiff(changes));
  const tell = (verb: string): void => {
    for (const line of summary(result, changes, verb)) note(options, veil.text(line));
  };
  if (options.dryRun) {
    tell("would fix");
    if (changes.length === 0) return exitCodeOf(result.linted.report.verdict);
    deliver(diff, options.output);
    return exitCodes.problems;
  }
  if (changes.length > 0) {
    const backup = join(files.root, ".watchmend", "backups", run.stamp);
    save(changes, files.root, backup);
    note(options, diff.trimEnd());
    tell("fixed");
    note(options, `the files as they were are in ${backup}`);
  } else tell("fixed");
  return await run.finish(result.linted);
}

function save(changes: readonly FileChange[], root: string, backup: string): void {
  const failure = commitChanges(changes, { root, backup });
  if (failure)
    throw new UserError(
      "output-unwritable",
      `nothing was fixed: ${failure.because}`,
      "Remove what is in the way and run it again.",
    );
}

/** Applies fixes until a round finds nothing more to fix. A fix that does not help is taken back. */
export function fixInMemory(files: Pick<LintFiles, "texts" | "foreignEncoding">, judge: Judge): FixResult {
  let result: FixResult = {
    texts: files.texts,
    linted: judge(files.texts),
    fixed: [],
    refused: new Map(),
  };
  for (let round = 0; round < mostRounds; round++) {
    const next = fixRound(result, files, judge);
    result = next.result;
    if (!next.again) break;
  }
  return result;
}

interface Round {
  readonly result: FixResult;
  /** Something changed, so that another round may find more; or something was taken back and the rest is tried again. */
  readonly again: boolean;
}

function fixRound(
  before: FixResult,
  { foreignEncoding }: Pick<LintFiles, "foreignEncoding">,
  judge: Judge,
): Round {
  const refused = new Map(before.refused);
  const change = (steps: readonly Step[]): TextChanges => changeIn(before.texts, foreignEncoding, steps);
  const steps: Step[] = [];
  const tried: Finding[] = [];
  for (const finding of before.linted.report.findings) {
    const own = refused.has(identityOf(finding)) ? [] : fileSteps(finding);
    if (own.length === 0) continue;
    const rights = own.map(rightsGiven).find((one) => one !== undefined);
    if (rights !== undefined) {
      refused.set(identityOf(finding), `${rights}, which is for a person to decide`);
      continue;
    }
    const problem = refusalIn(change([...steps, ...own]));
    if (problem !== undefined) {
      refused.set(identityOf(finding), problem);
      continue;
    }
    steps.push(...own);
    tried.push(finding);
  }
  const { changes } = change(steps);
  if (changes.length === 0) return { result: { ...before, refused }, again: false };
  const texts = new Map(before.texts);
  for (const { path, after } of changes) texts.set(path, after);
  const linted = judge(texts);
  const left = new Set(linted.report.findings.map(identityOf));
  const useless = tried.filter((finding) => left.has(identityOf(finding)));
  if (useless.length === 0)
    return { result: { texts, linted, fixed: [...before.fixed, ...tried], refused }, again: true };
  for (const finding of useless)
    refused.set(identityOf(finding), "its edit does not make the finding go away, so it was not made");
  return { result: { ...before, refused }, again: true };
}

/** What of a fix is done in files. Destructive fixes are never part of lint. */
function fileSteps(finding: Finding): Step[] {
  if (!finding.fix || finding.fix.risk === "destructive") return [];
  return finding.fix.steps.filter((step) => step.do === "edit-document" || step.do === "replace-lines");
}

function changeIn(texts: Texts, foreignEncoding: ReadonlySet<string>, steps: readonly Step[]): TextChanges {
  const read = (path: string): string | undefined => {
    if (foreignEncoding.has(path)) throw new Refused("unreadable", "it is not UTF-8 text");
    return texts.get(path);
  };
  return changeTexts(steps, read, () => undefined);
}

function refusalIn({ outcomes }: TextChanges): string | undefined {
  for (const outcome of outcomes) {
    if (outcome.state === "refused") return describeRefusal(outcome.path, outcome.refusal);
  }
  return undefined;
}

function changesOf(before: Texts, after: Texts): FileChange[] {
  return [...after].flatMap(([path, text]) => {
    const old = before.get(path);
    return old === text ? [] : [{ path, before: old, after: text }];
  });
}

function unifiedDiff(changes: readonly FileChange[]): string {
  return changes
    .map(({ path, before, after }) =>
      createTwoFilesPatch(`a/${path}`, `b/${path}`, before ?? "", after, undefined, undefined, {
        context: 3,
      }).replace(/^=+\n/, ""),
    )
    .join("");
}

function summary(
  { fixed, refused, linted }: FixResult,
  changes: readonly FileChange[],
  verb: string,
): readonly string[] {
  const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? "" : "s"}`;
  const named = ({ rule, subject }: Finding): string => `${rule} (${subject.id})`;
  const head =
    fixed.length === 0
      ? "nothing that can be fixed in the files"
      : `${verb} ${count(fixed.length, "finding")} in ${count(changes.length, "file")}:`;
  const left = linted.report.findings.flatMap((finding) => {
    const because = refused.get(identityOf(finding));
    return because === undefined ? [] : [`not fixed: ${named(finding)}: ${because}`];
  });
  return [head, ...fixed.map((finding) => `  ${named(finding)}: ${finding.fix?.summary ?? ""}`), ...left];
}
