// `validate`: evidence in, a verdict per check out; again and again where a deadline or an interval asks for it.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { evidenceOf } from "../bundle/collected-item.ts";
import { readEvidence } from "../bundle/read-evidence.ts";
import { createRedactor } from "../bundle/redact.ts";
import type { EvidenceItem } from "../bundle/source-text.ts";
import { analyseItems } from "../diagnose/diagnose.ts";
import { redactorFor, redactStrings } from "../diagnose/redact-report.ts";
import type { AnyCheck, CheckVerdict, Validation } from "../model/check.ts";
import type { Comparison } from "../model/comparison.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import type { Expectation } from "../model/expectation.ts";
import { renderComparison } from "../report/validation/comparison.ts";
import { renderValidation } from "../report/validation/terminal.ts";
import { rules } from "../rules/registry.ts";
import { checks } from "../validate/checks/registry.ts";
import { compareValidations } from "../validate/compare.ts";
import { readExpectationFile } from "../validate/expectation-file.ts";
import { discoveredExpectation } from "../validate/expectations.ts";
import { readValidation } from "../validate/saved.ts";
import { validate } from "../validate/validate.ts";
import type { ValidateOptions } from "./commands/validate.ts";
import { loadModel, withModelHosts } from "./expected-model.ts";
import { flowLook } from "./flow-look.ts";
import { grafanaLogin, type LoginHeader } from "./grafana-login.ts";
import { interruptible } from "./interrupt.ts";
import { asksForLive, notBoth, readLive } from "./live.ts";
import { deliver, note, terminalStyle } from "./output.ts";
import { withEvidence } from "./recorded.ts";
import { version } from "./version.ts";

/** Milliseconds between two tries before the deadline. */
const retryEvery = 5_000;

export async function validateVerb(given: ValidateOptions): Promise<number> {
  const model = loadModel(given);
  const options = withModelHosts(given, model);
  checkOptions(options);
  const chosen = chooseChecks(options);
  const login = grafanaLogin(options.grafanaLogin, model?.stack);
  const expectation = options.expect === undefined ? model?.expectation : loadExpectation(options.expect);
  const before = options.compare === undefined ? undefined : loadBefore(options.compare);
  const once = (endsAt?: number): Promise<Validation | undefined> =>
    validateOnce(options, chosen, expectation, login, endsAt);
  if (options.watch !== undefined) return await watch(options, options.watch, once);
  const validation = await untilDeadline(options, once);
  if (validation === undefined) return exitCodes.interrupted;
  const comparison = before && compareValidations(before, validation);
  deliver(await renderFor(options, validation, comparison), options.output);
  const code = exitOf(validation);
  return comparison?.worse ? exitCodes.problems : code;
}

function checkOptions(options: ValidateOptions): void {
  const isLive = asksForLive(options);
  if (options.from !== undefined && isLive) throw notBoth();
  if (options.from === undefined && !isLive)
    throw new UserError(
      "usage",
      "nothing to validate: neither --from nor a live system is named",
      "Name a cluster or hosts: watchmend validate --context NAME, watchmend validate --host NAME; a model with -f watchmend.yaml; or saved evidence with --from PATH.",
    );
  if (options.from !== undefined && options.canary)
    throw new UserError(
      "usage",
      "--canary sends a line through live agents, and --from names saved evidence",
      "Name the hosts instead: watchmend validate --host NAME --canary",
    );
  if (options.from !== undefined && (options.watch ?? options.deadline) !== undefined)
    throw new UserError(
      "usage",
      "--watch and --deadline look again, and saved evidence does not change",
      "Leave them out, or name a live system instead of --from.",
    );
}

function chooseChecks({ suite, only }: ValidateOptions): readonly AnyCheck[] {
  const unknown = only?.find((id) => !checks.some((check) => check.id === id));
  if (unknown !== undefined)
    throw new UserError(
      "usage",
      `there is no check ${unknown}`,
      `Checks are: ${checks.map(({ id }) => id).join(", ")}.`,
    );
  return checks.filter(
    (check) =>
      (suite === undefined || suite.includes(check.suite)) && (only === undefined || only.includes(check.id)),
  );
}

async function validateOnce(
  options: ValidateOptions,
  chosen: readonly AnyCheck[],
  expectation: Expectation | undefined,
  login: LoginHeader | undefined,
  endsAt: number | undefined,
): Promise<Validation | undefined> {
  if (options.from !== undefined)
    return await withEvidence(options.from, (path) => judge(readEvidence(path), chosen, expectation));
  const watch = stopwatch();
  let waiting: number | undefined;
  const look = flowLook(options, login, (ms) => {
    waiting = ms;
  });
  const { items, interrupted } = await readLive(options, look, endsAt);
  if (interrupted) return undefined;
  const read = watch.lap();
  const checks: Record<string, number> = {};
  const evidence = await evidenceOf(items, createRedactor());
  const validation = await judge(evidence, chosen, expectation, checks);
  const reading = Math.max(0, read - (waiting ?? 0));
  const times = { reading, ...(waiting === undefined ? {} : { waiting }), judging: watch.lap(), checks };
  return { ...validation, times };
}

/** Milliseconds, to a tenth. */
function stopwatch(): { lap(): number } {
  let last = performance.now();
  return {
    lap() {
      const now = performance.now();
      const took = Math.round((now - last) * 10) / 10;
      last = now;
      return took;
    },
  };
}

async function judge(
  items: AsyncIterable<EvidenceItem> | Iterable<EvidenceItem>,
  chosen: readonly AnyCheck[],
  expectation: Expectation | undefined,
  tookMs: Record<string, number> = {},
): Promise<Validation> {
  const { analysis, segments } = await analyseItems(items, { rules, version: version(), mode: "diagnose" });
  const { factSet, gaps, stack, report, readLine } = analysis;
  const watch = stopwatch();
  const validation = validate({
    onCheck: (id) => {
      tookMs[id] = watch.lap();
    },
    checks: chosen,
    factSet: { ...factSet, gaps },
    stack,
    report,
    expectation: expectation ?? discoveredExpectation(stack),
    readLine,
    version: version(),
  });
  const redactor = redactorFor(segments);
  return redactStrings(validation, (text) => redactor.redact(text, "").text);
}

/** Tries again while something does not pass: a part that starts is not broken yet. */
async function untilDeadline(
  options: ValidateOptions,
  once: (endsAt?: number) => Promise<Validation | undefined>,
): Promise<Validation | undefined> {
  const end = Date.now() + (options.deadline ?? 0);
  for (;;) {
    const validation = await once(options.deadline === undefined ? undefined : end);
    if (validation === undefined || validation.verdict === "pass" || Date.now() + retryEvery > end)
      return validation;
    const left = Math.round((end - Date.now()) / 1000);
    const open = validation.counts.fail + validation.counts.unknown;
    note(options, `${open} not passed yet, trying again (${left} s left): ${firstOpen(validation)}`);
    if (!(await rest(retryEvery))) return undefined;
  }
}

function firstOpen({ verdicts }: Validation): string {
  return verdicts.find(({ state }) => state === "fail" || state === "unknown")?.says ?? "";
}

/** False when Ctrl-C ended it. */
async function rest(milliseconds: number): Promise<boolean> {
  try {
    await pause(milliseconds, undefined, { signal: interruptible() });
    return true;
  } catch {
    return false;
  }
}

async function watch(
  options: ValidateOptions,
  every: number,
  once: () => Promise<Validation | undefined>,
): Promise<number> {
  let last: Validation | undefined;
  for (;;) {
    const now = await once();
    if (now === undefined) return exitCodes.interrupted;
    const stamp = new Date().toISOString().slice(11, 19);
    if (last === undefined) deliver(await renderFor(options, now, undefined), options.output);
    else for (const line of changes(last, now)) deliver(`${stamp}  ${line}`, undefined);
    last = now;
    if (!(await rest(every))) return exitCodes.interrupted;
  }
}

function changes(before: Validation, after: Validation): string[] {
  const key = ({ check, subject }: CheckVerdict): string => `${check} ${subject.kind} ${subject.id}`;
  const old = new Map(before.verdicts.map((verdict) => [key(verdict), verdict]));
  const turned = after.verdicts.flatMap((verdict) => {
    const was = old.get(key(verdict));
    return was?.state === verdict.state ? [] : [`${was?.state ?? "new"} → ${verdict.state}  ${verdict.says}`];
  });
  const now = new Set(after.verdicts.map(key));
  const gone = before.verdicts
    .filter((verdict) => !now.has(key(verdict)))
    .map((verdict) => `${verdict.state} → gone  ${verdict.says}`);
  return [...turned, ...gone];
}

async function renderFor(
  options: ValidateOptions,
  validation: Validation,
  comparison: Comparison | undefined,
): Promise<string> {
  switch (options.format) {
    case "json":
      return `${JSON.stringify(comparison ? { ...validation, comparison } : validation, undefined, 2)}\n`;
    case "markdown":
      return (await import("../report/validation/markdown.ts")).renderValidationMarkdown(validation);
    case "html":
      return (await import("../report/validation/html.ts")).renderValidationHtml(validation);
    case "junit":
      return (await import("../report/validation/junit.ts")).renderValidationJunit(validation);
    case "openmetrics":
      return (await import("../report/validation/openmetrics.ts")).renderOpenMetrics(validation);
    default: {
      const style = terminalStyle(options);
      const told = renderValidation(validation, style);
      return comparison ? `${told}\n${renderComparison(comparison, style)}` : told;
    }
  }
}

function exitOf({ verdict }: Validation): number {
  if (verdict === "pass") return exitCodes.clean;
  return verdict === "fail" ? exitCodes.problems : exitCodes.unknown;
}

function loadExpectation(file: string): Expectation {
  const read = readExpectationFile(readOwn(file), file);
  if (read.ok) return read.value;
  throw new UserError(
    "bad-config",
    read.faults.map(({ line, message }) => `${file}:${line}: ${message}`).join("\n  "),
    "docs/validate.md shows the form of the file.",
  );
}

function loadBefore(file: string): Validation {
  const read = readValidation(readOwn(file));
  if (read) return read;
  throw new UserError(
    "bad-config",
    `${file} is not a saved validation`,
    "Save one with: watchmend validate … --format json -o before.json",
  );
}

function readOwn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      "path-unreadable",
      `cannot read ${file}: ${reason}`,
      "Give the path of a file you may read.",
      {
        cause: error,
      },
    );
  }
}
