// `lint`: configuration in, what would go wrong with it out, and repaired on request.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { notRecognised } from "../collectors/recognise.ts";
import { type Analysis, analyse } from "../diagnose/analyse.ts";
import { verdictOf } from "../diagnose/verdict.ts";
import { type Baseline, compareBaseline, type Known, writeBaseline } from "../lint/baseline.ts";
import { readComments } from "../lint/comments.ts";
import { narrowReport } from "../lint/narrow-report.ts";
import { ownRules } from "../lint/own-rules.ts";
import { type Suppressed, suppress } from "../lint/suppress.ts";
import { UserError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { rules } from "../rules/registry.ts";
import type { LintOptions } from "./commands/lint.ts";
import { type LintFiles, plainLines, readLintFiles, segmentsOf } from "./lint-files.ts";
import { deliver, exitCodeOf, maySeeSecrets, note, render } from "./output.ts";
import { type Veil, veilOver } from "./veil.ts";
import { version } from "./version.ts";

/** What is left of an analysis after suppressions and baseline. */
export interface Linted {
  readonly report: Report;
  readonly suppressed: readonly Suppressed[];
  readonly gone: readonly Known[];
  /** Everything found, as the engine reported it. */
  readonly analysis: Analysis;
  /** Findings a baseline would record. */
  readonly recordable: readonly Finding[];
}

/** The clock enters here and nowhere else. */
export async function lint(path: string, options: LintOptions, now: Date = new Date()): Promise<number> {
  checkOptions(path, options);
  const today = now.toISOString().slice(0, 10);
  const files = await readLintFiles(path, options.gitignore !== false);
  const baseline = options.baseline === undefined ? undefined : await loadBaseline(options.baseline);
  const mask = baselineMask(files);
  const judge = (texts: LintFiles["texts"]): Linted =>
    lintTexts({ ...files, texts }, { today, baseline, mask });
  const veil = veilOver(() => segmentsOf(files), maySeeSecrets(options));
  const finish = (linted: Linted): Promise<number> => show(linted, options, veil);
  if (options.fix) {
    const { fixFiles } = await import("./lint-fix.ts");
    const stamp = now.toISOString().replace(/[:.]/g, "-");
    return await fixFiles(files, judge, { options, stamp, veil, finish });
  }
  const linted = judge(files.texts);
  const { writeBaseline: file } = options;
  if (file === undefined) return await finish(linted);
  deliver(writeBaseline(linted.recordable.map((one) => rebased(one, files.root, file, mask))), file);
  note(options, `recorded ${linted.recordable.length} findings in ${file}`);
  return await finish(judgeAgainst(linted));
}

function checkOptions(path: string, options: LintOptions): void {
  const fail = (what: string, hint: string): never => {
    throw new UserError("usage", what, hint);
  };
  if (path === "-")
    fail(
      "lint reads files and folders, not standard input",
      "Save the text as a file, or use watchmend diagnose --from -",
    );
  if (options.dryRun && !options.fix)
    fail("--dry-run belongs to --fix", "Use: watchmend lint PATH --fix --dry-run");
  if (options.fix && options.writeBaseline !== undefined)
    fail(
      "--fix and --write-baseline do not go together",
      "Fix first, then record what is left as the baseline.",
    );
  if (options.baseline !== undefined && options.writeBaseline !== undefined)
    fail(
      "--baseline and --write-baseline do not go together",
      "To renew a baseline, use --write-baseline alone.",
    );
}

/** Everything is in the baseline that has just been written. */
function judgeAgainst(linted: Linted): Linted {
  const suppressed = linted.recordable.map((finding) => ({
    finding,
    justification: "in the baseline",
    inSource: false,
  }));
  const verdict = linted.report.verdict === "problems" ? "healthy" : linted.report.verdict;
  return {
    ...linted,
    report: narrowReport(linted.report, [], verdict),
    suppressed: [...linted.suppressed, ...suppressed],
  };
}

interface LintContext {
  readonly today: string;
  readonly mask: (text: string) => string;
  readonly baseline: { readonly file: string; readonly baseline: Baseline } | undefined;
}

export function lintTexts(files: LintFiles, { today, baseline, mask }: LintContext): Linted {
  const segments = segmentsOf(files);
  const analysis = analyse(segments, { rules, version: version(), mode: "lint", gaps: files.gaps });
  const comments = [...files.texts].map(([source, text]) => readComments(source, plainLines(text)));
  const result = suppress({
    findings: analysis.report.findings,
    suppressions: [...comments.flatMap((one) => one.suppressions), ...files.ignore.suppressions],
    bad: comments.flatMap((one) => one.bad),
    today,
    pathOf: files.pathOf,
    lineOf: (source, line) => lineIn(files, source, line),
  });
  const found = [...result.kept, ...result.complaints];
  const compared = baseline
    ? compareBaseline(
        found.map((one) => rebased(one, files.root, baseline.file, mask)),
        baseline.baseline,
      )
    : undefined;
  const old = new Set(compared?.old.map((one) => one.id));
  const fresh = found.filter((one) => !old.has(one.id));
  const known = found
    .filter((one) => old.has(one.id))
    .map((finding) => ({
      finding,
      justification: `in the baseline ${baseline?.file ?? ""}`,
      inSource: false,
    }));
  return {
    report: narrowReport(
      withoutForeign(analysis, files.single),
      fresh,
      lintVerdict(analysis, fresh, files.single),
    ),
    suppressed: [...result.suppressed, ...known],
    gone: compared?.gone ?? [],
    analysis,
    recordable: found,
  };
}

function lineIn(files: LintFiles, source: string, line: number): string {
  const text =
    files.texts.get(source) ??
    (existsSync(join(files.root, source)) ? readFileSync(join(files.root, source), "utf8") : "");
  return plainLines(text).split("\n")[line - 1] ?? "";
}

/** In a folder, files of other programs are nobody's gap; a file that was named must be understood. */
function isForeign(detail: string, single: boolean): boolean {
  return !single && detail.includes(notRecognised);
}

function withoutForeign({ report }: Analysis, single: boolean): Report {
  const missing = report.coverage.missing.filter((gap) => !isForeign(gap.because, single));
  return { ...report, coverage: { ...report.coverage, missing } };
}

function lintVerdict(analysis: Analysis, findings: readonly Finding[], single: boolean): Report["verdict"] {
  const { factSet, stack, outcomes } = analysis;
  const gaps = analysis.gaps.filter((gap) => !isForeign(gap.detail, single));
  return verdictOf(findings, { ...factSet, gaps }, stack, outcomes, "lint");
}

/** A baseline is checked in: it holds no secrets, also not as numbers that change from run to run. */
function baselineMask(files: LintFiles): (text: string) => string {
  const veil = veilOver(() => segmentsOf(files), false);
  return (text) => veil.text(text).replace(/\(redacted:\d+\)/g, "(redacted)");
}

/** Sources as seen from the folder of the baseline, so that it holds from wherever lint is run. */
function rebased(
  finding: Finding,
  root: string,
  baselineFile: string,
  mask: (text: string) => string,
): Finding {
  const folder = dirname(resolve(baselineFile));
  const source = (path: string): string => relative(folder, join(root, path)).split(sep).join("/");
  return {
    ...finding,
    proof: finding.proof.map((proof) => ({
      ...proof,
      source: source(proof.source),
      excerpt: mask(proof.excerpt),
    })),
  };
}

async function loadBaseline(file: string): Promise<{ file: string; baseline: Baseline }> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      "path-unreadable",
      `the baseline ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      `Record one first: watchmend lint PATH --write-baseline ${file}`,
      { cause: error },
    );
  }
  const { readBaseline } = await import("../lint/read-baseline.ts");
  const baseline = readBaseline(text);
  if (typeof baseline !== "string") return { file, baseline };
  throw new UserError(
    "bad-config",
    `${file} is no baseline: ${baseline}`,
    `Record it anew: watchmend lint PATH --write-baseline ${file}`,
  );
}

async function show(linted: Linted, options: LintOptions, veil: Veil): Promise<number> {
  deliver(await renderLint(linted, options, veil), options.output);
  tellHidden(linted, options, veil);
  return exitCodeOf(linted.report.verdict);
}

/** SARIF shows suppressed findings as such; the other formats leave them out. */
async function renderLint({ report, suppressed }: Linted, options: LintOptions, veil: Veil): Promise<string> {
  if (options.format !== "sarif") return await render(veil.report(report), options);
  const { renderSarif } = await import("../report/sarif.ts");
  const findings = [...report.findings, ...suppressed.map((one) => one.finding)];
  const suppressions = suppressed.map(({ finding, justification, inSource }) => ({
    rule: finding.rule,
    finding: finding.id,
    justification: veil.text(justification),
    inSource,
  }));
  const texts = [...rules, ...Object.values(ownRules)];
  return renderSarif(veil.report(narrowReport(report, findings, report.verdict)), {
    rules: texts,
    suppressions,
  });
}

function tellHidden({ suppressed, gone }: Linted, options: LintOptions, veil: Veil): void {
  const tell = (text: string): void => note(options, veil.text(text));
  if (suppressed.length > 0) {
    tell(`${suppressed.length} ${suppressed.length === 1 ? "finding is" : "findings are"} not shown:`);
    for (const { finding, justification } of suppressed)
      tell(`  ${finding.rule} (${finding.subject.id}): ${justification}`);
  }
  if (gone.length === 0) return;
  tell(
    `${gone.length} of the baseline ${gone.length === 1 ? "is" : "are"} gone; renew it with --write-baseline:`,
  );
  for (const { rule, subject, source } of gone) tell(`  ${rule} (${subject}) in ${source}`);
}
