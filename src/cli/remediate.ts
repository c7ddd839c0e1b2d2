// `remediate`: a plan from the evidence; carried out where there is something to carry it out on.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { analyse, patternsOf } from "../diagnose/analyse.ts";
import { gather } from "../diagnose/diagnose.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import type { Segment } from "../model/evidence.ts";
import type { Step } from "../model/plan.ts";
import type { Remediation, StepResult } from "../model/remediation.ts";
import type { Report } from "../model/report.ts";
import { describeRefusal, previewOnFiles } from "../plan/apply-to-files.ts";
import { commandOf } from "../plan/commands.ts";
import type { Executor } from "../plan/executor.ts";
import { makeFolder } from "../plan/make-folder.ts";
import { openRecordedWorld } from "../plan/recorded-world.ts";
import { remediate } from "../plan/remediate.ts";
import { stateFolder } from "../plan/transaction/state-folder.ts";
import { renderRemediation } from "../report/remediation.ts";
import { rules } from "../rules/registry.ts";
import type { RemediateOptions } from "./commands/remediate.ts";
import { interruptible } from "./interrupt.ts";
import { asksForLive, notBoth } from "./live.ts";
import { deliver, exitCodeOf, note, terminalStyle } from "./output.ts";
import { isWorld } from "./recorded.ts";
import type { LiveRepair } from "./remediate-live.ts";
import { veiledRound, veilOver } from "./veil.ts";
import { version } from "./version.ts";

interface Subject {
  readonly title: string;
  readonly evidence: string;
  readonly executor: Executor;
  /** Nothing can be carried out: only the plan is made. */
  readonly planOnly: boolean;
}

export async function remediateVerb(options: RemediateOptions): Promise<number> {
  if (!asksForLive(options)) return await repairRecorded(options);
  if (options.from !== undefined) throw notBoth();
  if (options.plan !== undefined)
    return await (await import("./remediate-saved.ts")).carryOutSaved(options.plan, options);
  return await repairAndTell(options);
}

/** On live systems; ends with an incident record beside the journal. */
async function repairAndTell(options: RemediateOptions): Promise<number> {
  const { repairLive } = await import("./remediate-live.ts");
  let repair: LiveRepair;
  try {
    repair = await repairLive(options);
  } catch (error) {
    if (!interruptible().aborted) throw error;
    note(options, "Interrupted: what was changed was put back. watchmend history tells.");
    return exitCodes.interrupted;
  }
  const veil = veilOver(() => repair.segments, false);
  const { title, rounds, incident, transactions } = repair;
  const shown: Remediation = { title, rounds: rounds.map((round) => veiledRound(round, veil)) };
  const [first] = rounds;
  if (options.dryRun && options.output !== undefined && first) {
    const { planDocument } = await import("./remediate-saved.ts");
    const document = planDocument(title, first, [...repair.steps], repair.fingerprints);
    deliver(`${JSON.stringify(document, undefined, 2)}\n`, options.output);
    process.stdout.write(render(shown, { ...options, output: undefined }));
    note(options, `the plan is in ${options.output}; --plan ${options.output} --yes carries it out`);
  } else deliver(render(shown, options), options.output);
  if (transactions.length > 0) {
    const { writeRecord } = await import("./incident-record.ts");
    note(options, `the incident record is ${writeRecord(incident, shown, transactions)}`);
    const { tellWhatIsNotBack } = await import("./put-back.ts");
    tellWhatIsNotBack(stateFolder(), options, transactions);
    if (rounds.some(({ execution, outcome }) => execution?.ok && outcome?.kept !== false))
      note(options, `watchmend rollback ${incident} undoes everything`);
  }
  const failed = rounds.some(({ execution, outcome }) => execution?.ok === false || outcome?.kept === false);
  if (failed) return interruptible().aborted ? exitCodes.interrupted : exitCodes.failed;
  return repair.pending ? exitCodes.problems : exitOf(shown);
}

async function repairRecorded(options: RemediateOptions): Promise<number> {
  const subject = subjectOf(options);
  const seen: Segment[] = [];
  const diagnose = async (): Promise<Report> => {
    const { segments, gaps, streamed } = await gather(subject.evidence, patternsOf(rules));
    seen.push(...segments);
    return analyse(segments, { rules, version: version(), mode: "diagnose", gaps, streamed }).report;
  };
  const rounds = await remediate({
    executor: subject.executor,
    diagnose,
    dryRun: options.dryRun === true || subject.planOnly,
    ...(options.only ? { only: options.only } : {}),
    ...(options.skip ? { skip: options.skip } : {}),
    ...(options.maxRisk ? { maxRisk: options.maxRisk } : {}),
    ...(options.latent ? { latent: true } : {}),
  });
  const veil = veilOver(() => seen, false);
  const remediation: Remediation = { title: subject.title, rounds };
  const shown: Remediation = { ...remediation, rounds: rounds.map((round) => veiledRound(round, veil)) };
  deliver(render(shown, options), options.output);
  const [first] = rounds;
  if (options.html !== undefined && first) {
    const { renderHtml } = await import("../report/html.ts");
    deliver(renderHtml(veil.report(first.report)), options.html);
    note(options, `the report with the picture of the stack: ${options.html}`);
  }
  if (subject.planOnly && !options.dryRun)
    note(options, "This is evidence, not a system: the plan was shown and nothing was changed.");
  return exitOf(remediation);
}

function exitOf({ rounds }: Remediation): number {
  const last = rounds.at(-1);
  if (!last) return exitCodes.failed;
  if (last.execution && !last.execution.ok) return exitCodes.failed;
  return exitCodeOf(last.report.verdict);
}

type Shape = Pick<RemediateOptions, "format" | "color"> & { readonly output?: string | undefined };

function render(remediation: Remediation, { output, ...options }: Shape): string {
  if (options.format === "json")
    return `${JSON.stringify({ schema: "watchmend.remediation/v1", ...remediation }, undefined, 2)}\n`;
  return renderRemediation(
    remediation,
    terminalStyle({ ...options, ...(output === undefined ? {} : { output }) }),
  );
}

function subjectOf(options: RemediateOptions): Subject {
  const { from } = options;
  if (from === undefined)
    throw new UserError(
      "usage",
      "nothing to repair: neither a live system nor --from is named",
      "Name a system, as in watchmend remediate --context NAME or --host NAME, or give a recorded outage or evidence: watchmend remediate --from examples/outage",
    );
  if (!isWorld(from)) {
    const root = from !== "-" && existsSync(from) && statSync(from).isDirectory() ? from : undefined;
    return { title: `Plan for ${from}`, evidence: from, executor: planOnly(root), planOnly: true };
  }
  const world = openRecordedWorld(from, workFolder(options));
  return { title: world.title, evidence: world.evidence, executor: world, planOnly: false };
}

const marker = ".watchmend-work";

/** A folder that is new, empty, or was made by an earlier run; anything else is somebody's and stays. */
function workFolder({ work, ...options }: RemediateOptions): string {
  if (work === undefined) {
    const made = mkdtempSync(join(tmpdir(), "watchmend-remediate-"));
    note(options, `the repaired copy is in ${made}`);
    return made;
  }
  const folder = resolve(work);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    if (!existsSync(join(folder, marker)))
      throw new UserError(
        "usage",
        `${work} is not empty`,
        "Choose a new folder with --work, or leave it out to use a temporary one.",
      );
    rmSync(folder, { recursive: true });
  }
  makeFolder(folder);
  writeFileSync(join(folder, marker), "made by watchmend remediate; cleared by its next run\n");
  return folder;
}

/** From saved evidence only files can be previewed; the rest are commands for a person. */
function planOnly(root: string | undefined): Executor {
  const preview = (steps: readonly Step[]): StepResult[] => {
    const outcomes = root === undefined ? [] : previewOnFiles(root, steps).outcomes;
    return steps.map((step, i): StepResult => {
      const outcome = outcomes[i];
      if (outcome?.state === "changed")
        return { step, state: "done", before: outcome.before, after: outcome.after };
      if (outcome?.state === "already") return { step, state: "already" };
      if (outcome?.state === "refused")
        return { step, state: "refused", because: describeRefusal(outcome.path, outcome.refusal) };
      const command = commandOf(step);
      return { step, state: "left", because: "evidence is not a system", ...(command ? { command } : {}) };
    });
  };
  const execute = (steps: readonly Step[]) => ({
    ok: false,
    because: "evidence is not a system",
    steps: preview(steps),
  });
  return {
    preview: (steps) => Promise.resolve(preview(steps)),
    execute: (steps) => Promise.resolve(execute(steps)),
    describe: () => undefined,
  };
}
