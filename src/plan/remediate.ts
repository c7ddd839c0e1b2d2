// Diagnose, repair what is at the root, diagnose again: until nothing is wrong or nothing more can be done.
import type { Finding } from "../model/finding.ts";
import type { RemediationPlan, Round } from "../model/remediation.ts";
import type { Report } from "../model/report.ts";
import type { Executor } from "./executor.ts";

export interface RemediateOptions {
  readonly executor: Executor;
  readonly diagnose: () => Promise<Report>;
  /** Only the plan of the first round is made. */
  readonly dryRun?: boolean;
  /** Ids of findings to repair; all roots when left out. */
  readonly only?: readonly string[];
  /** Repair masked faults in the same go. */
  readonly latent?: boolean;
}

const mostRounds = 10;

export async function remediate(options: RemediateOptions): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let number = 1; number <= mostRounds; number++) {
    const round = await oneRound(number, rounds.at(-1), options);
    rounds.push(round);
    if (!round.execution?.ok || isStuck(rounds)) break;
  }
  return rounds;
}

async function oneRound(
  number: number,
  before: Round | undefined,
  options: RemediateOptions,
): Promise<Round> {
  const { executor } = options;
  const report = await options.diagnose();
  const plan = planOf(report, options);
  const preview = await executor.preview(plan.steps);
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
  if (options.dryRun || isIdle) return round;
  return { ...round, execution: await executor.execute(plan.steps, `round-${number}`) };
}

/** The fixes of the root causes; never a destructive one. A step that two fixes share is done once. */
export function planOf(
  report: Report,
  { only, latent }: Pick<RemediateOptions, "only" | "latent"> = {},
): RemediationPlan {
  const isWanted = ({ id, role, severity }: Finding): boolean => {
    if (only) return only.includes(id);
    return severity !== "notice" && (role === "root" || (latent === true && role === "latent"));
  };
  const wanted = report.findings.filter(isWanted);
  const findings = wanted.filter(canFix);
  const seen = new Set<string>();
  const steps = findings
    .flatMap((finding) => finding.fix?.steps ?? [])
    .filter(({ title: _title, ...what }) => {
      const key = JSON.stringify(what);
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
  return { findings, steps, withoutFix: wanted.filter((finding) => !canFix(finding)) };
}

function canFix({ fix }: Finding): boolean {
  return fix !== undefined && fix.risk !== "destructive" && fix.steps.length > 0;
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
