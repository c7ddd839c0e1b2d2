// Diagnose, repair what is at the root, diagnose again: until nothing is wrong or nothing more can be done.
import type { Finding } from "../model/finding.ts";
import type { Step } from "../model/plan.ts";
import type { Outcome, RemediationPlan, Round } from "../model/remediation.ts";
import type { Report } from "../model/report.ts";
import type { Executor, Needs } from "./executor.ts";
import { verify } from "./verify.ts";

export interface RemediateOptions extends Choice {
  readonly executor: Executor;
  readonly diagnose: () => Promise<Report>;
  /** Only the plan of the first round is made. */
  readonly dryRun?: boolean;
  /** Asked before anything is done: which steps of the plan, by index. None ends the repair. */
  readonly consent?: (round: Round) => Promise<ReadonlySet<number>>;
  /** What a change needs before it shows: pods are made, volumes bound, targets scraped. */
  readonly settling?: Settling;
}

export interface Settling {
  /** A symptom that nothing explains any more may only be on its way out. */
  readonly mayPass: (finding: Finding) => boolean;
  readonly mostMs: number;
  /** As long a finding that was just repaired may still be seen: a target list is read again every few seconds. */
  readonly repairedMs: number;
  readonly onWait: (says: readonly string[], remainingMs: number) => void;
}

/** What of a report is repaired. */
export interface Choice {
  /** Ids of findings to repair; all roots when left out. */
  readonly only?: readonly string[];
  /** Ids or rules of findings that are not repaired. */
  readonly skip?: readonly string[];
  /** Repair masked faults in the same go. */
  readonly latent?: boolean;
  /** Fixes of a higher risk are not carried out. Destructive ones never are. */
  readonly maxRisk?: "safe" | "disruptive";
}

const mostRounds = 10;

export async function remediate(options: RemediateOptions): Promise<readonly Round[]> {
  try {
    return await inRounds(options);
  } catch (error) {
    // What was done and could not be looked at again does not stay.
    const because = `what became of it could not be seen: ${error instanceof Error ? error.message : String(error)}`;
    await options.executor.settle?.({ ok: false, because });
    throw error;
  }
}

async function inRounds(options: RemediateOptions): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let number = 1; number <= mostRounds; number++) {
    const before = rounds.at(-1);
    const report = await (before?.execution?.ok ? diagnoseSettled(options, before) : options.diagnose());
    const outcome = before?.execution?.ok ? await settle(before, report, options.executor) : undefined;
    if (before && outcome) rounds[rounds.length - 1] = { ...before, outcome };
    const round = await oneRound(number, before, report, options, outcome?.kept === false);
    rounds.push(round);
    if (!round.execution?.ok || isStuck(rounds)) break;
  }
  return await settleLast(rounds, options);
}

/** The last round that was allowed has to be judged, too. */
async function settleLast(rounds: Round[], options: RemediateOptions): Promise<readonly Round[]> {
  const { executor } = options;
  const last = rounds.at(-1);
  if (!last?.execution?.ok || last.outcome || !executor.settle) return rounds;
  const outcome = await settle(last, await diagnoseSettled(options, last), executor);
  return outcome ? [...rounds.slice(0, -1), { ...last, outcome }] : rounds;
}

const everyMs = 3_000;

/** Looks again while symptoms without a cause, or what was repaired, are left: what was changed has not shown its effect yet. */
async function diagnoseSettled({ diagnose, settling }: RemediateOptions, last: Round): Promise<Report> {
  const begun = Date.now();
  const repaired = new Set(doneFindings(last).map(({ id }) => id));
  for (;;) {
    const report = await diagnose();
    if (!settling) return report;
    const waitMs = (one: Finding): number =>
      settling.mayPass(one) ? settling.mostMs : repaired.has(one.id) ? settling.repairedMs : 0;
    const remainingOf = (one: Finding): number => begun + waitMs(one) - Date.now();
    const left = report.findings.filter(
      (one) => one.role === "root" && one.severity !== "notice" && remainingOf(one) > 0,
    );
    if (left.length === 0) return report;
    const remainingMs = Math.max(...left.map(remainingOf));
    settling.onWait(
      left.map(({ says }) => says),
      remainingMs,
    );
    await new Promise((resolve) => setTimeout(resolve, Math.min(everyMs, remainingMs)));
  }
}

async function settle(round: Round, report: Report, executor: Executor): Promise<Outcome | undefined> {
  if (!executor.settle) return undefined;
  const verdict = verify(doneFindings(round), round.report, report);
  const settled = await executor.settle(verdict);
  return verdict.ok
    ? { kept: settled.kept }
    : { kept: settled.kept, because: verdict.because, says: settled.says };
}

/** Findings none of whose steps was declined or left for a person: only of these can a diagnosis say that they must be gone. */
function doneFindings({ plan, execution, declined }: Round): readonly Finding[] {
  const open = new Set([
    ...(declined ?? []).map(stepKey),
    ...(execution?.steps ?? []).filter(({ state }) => state === "left").map(({ step }) => stepKey(step)),
  ]);
  return plan.findings.filter(({ fix }) => fix?.steps.every((step) => !open.has(stepKey(step))));
}

async function oneRound(
  number: number,
  before: Round | undefined,
  report: Report,
  options: RemediateOptions,
  isOver: boolean,
): Promise<Round> {
  const { executor } = options;
  const plan = planOf(report, options);
  const needs = new Map(plan.needs?.map((list, i) => [i, list]));
  const preview = await executor.preview(plan.steps, needs);
  const world = executor.describe();
  const round: Round = {
    number,
    report,
    plan,
    preview,
    surfaced: surfacedIn(before?.report, report),
    ...(world === undefined ? {} : { world }),
  };
  const isIdle = preview.every(({ state }) => state === "already" || state === "left");
  if (options.dryRun || isIdle || isOver) return round;
  const chosen = options.consent ? await options.consent(round) : undefined;
  if (chosen?.size === 0) return { ...round, declined: plan.steps };
  const kept = plan.steps.map((_, i) => i).filter((i) => isAgreed(i, chosen, plan));
  const declined = plan.steps.filter((_, i) => !kept.includes(i));
  const steps = kept.flatMap((i) => plan.steps[i] ?? []);
  const execution = await executor.execute(steps, `round-${number}`, renumbered(needs, kept));
  return { ...round, execution, ...(declined.length > 0 ? { declined } : {}) };
}

/** A step goes only with those it means nothing without. */
function isAgreed(
  index: number,
  chosen: ReadonlySet<number> | undefined,
  { needs }: RemediationPlan,
): boolean {
  if (!chosen) return true;
  return chosen.has(index) && (needs?.[index] ?? []).every((other) => chosen.has(other));
}

function renumbered(needs: Needs, kept: readonly number[]): Needs {
  const at = new Map(kept.map((old, i) => [old, i]));
  return new Map(
    kept.map((old, i) => [i, (needs.get(old) ?? []).flatMap((other) => at.get(other) ?? [])] as const),
  );
}

/** The fixes of the root causes; never a destructive one. A step that two fixes share is done once. */
export function planOf(report: Report, choice: Choice = {}): RemediationPlan {
  const { only, skip, latent } = choice;
  const isWanted = ({ id, rule, role, severity }: Finding): boolean => {
    if (skip?.includes(id) || skip?.includes(rule)) return false;
    if (only) return only.includes(id) || only.includes(rule);
    return severity !== "notice" && (role === "root" || (latent === true && role === "latent"));
  };
  const wanted = report.findings.filter(isWanted);
  const findings = wanted.filter((finding) => canFix(finding, choice));
  const indexes = new Map<string, number>();
  const steps: Step[] = [];
  const needs: number[][] = [];
  const moments: number[] = [];
  let moment = 0;
  // A thing that two fixes restart is restarted once, after both.
  for (const { fix } of findings) {
    const earlier: number[] = [];
    for (const step of fix?.steps ?? []) {
      const key = stepKey(step);
      const index = indexes.get(key) ?? steps.push(step) - 1;
      indexes.set(key, index);
      moment++;
      moments[index] = step.do === "restart" || step.do === "reload" ? moment : (moments[index] ?? moment);
      needs[index] = [...new Set([...(needs[index] ?? []), ...earlier])];
      earlier.push(index);
    }
  }
  const order = steps.map((_, i) => i).sort((a, b) => (moments[a] ?? 0) - (moments[b] ?? 0));
  const place = new Map(order.map((old, i) => [old, i]));
  return {
    findings,
    steps: order.flatMap((i) => steps[i] ?? []),
    withoutFix: wanted.filter((finding) => !canFix(finding, choice)),
    needs: order.map((old) =>
      (needs[old] ?? []).flatMap((other) => place.get(other) ?? []).sort((a, b) => a - b),
    ),
  };
}

function stepKey({ title: _title, ...what }: Step): string {
  return JSON.stringify(what);
}

function canFix({ fix }: Finding, { maxRisk }: Choice): boolean {
  if (!fix || fix.risk === "destructive" || fix.steps.length === 0) return false;
  return maxRisk !== "safe" || fix.risk === "safe";
}

/** Roots that were hidden or unknown before: masked faults show themselves once the one in front of them is gone. */
function surfacedIn(before: Report | undefined, now: Report): Finding[] {
  if (!before) return [];
  const known = new Set(before.findings.flatMap(({ id, role }) => (role === "root" ? [id] : [])));
  return now.findings.filter(
    ({ id, role, severity }) => role === "root" && severity !== "notice" && !known.has(id),
  );
}

/** Two rounds that find and plan the same would go on for ever. */
function isStuck(rounds: readonly Round[]): boolean {
  const [before, last] = rounds.slice(-2);
  if (!before || !last) return false;
  const key = ({ report, plan }: Round): string =>
    JSON.stringify([report.findings.map(({ id, role }) => [id, role]), plan.steps]);
  return key(before) === key(last);
}
