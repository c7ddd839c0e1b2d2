// Plans as files: written by a dry run, carried out later if nothing has moved.
import { exitCodes, UserError } from "../model/errors.ts";
import type { Round } from "../model/remediation.ts";
import { movedSince, type SavedPlan } from "../plan/saved-plan.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { newId, stateFolder } from "../plan/transaction/state-folder.ts";
import { lookAll, runTransaction } from "../plan/transaction/transaction.ts";
import { verify } from "../plan/verify.ts";
import type { RemediateOptions } from "./commands/remediate.ts";
import { interruptible } from "./interrupt.ts";
import { openDoors, reachOf } from "./live-doors.ts";
import { note } from "./output.ts";
import { putBackWhatWasLeft } from "./put-back.ts";
import { diagnoseLive } from "./remediate-live.ts";
import { loadRepairPlan } from "./saved-plan-file.ts";
import { version } from "./version.ts";

export function planDocument(
  title: string,
  { plan }: Round,
  steps: SavedPlan["steps"],
  fingerprints: ReadonlyMap<string, string>,
): SavedPlan {
  return {
    schema: "watchmend.plan/v1",
    tool: { version: version() },
    madeAt: new Date().toISOString(),
    title,
    findings: plan.findings.map(({ id, rule, says, fix }) => ({ id, rule, says, risk: fix?.risk ?? "safe" })),
    steps,
    needs: plan.needs?.map((list) => [...list]) ?? steps.map(() => []),
    fingerprints: Object.fromEntries(fingerprints),
  };
}

export async function carryOutSaved(file: string, options: RemediateOptions): Promise<number> {
  const plan = loadRepairPlan(file);
  if (!options.yes && !options.dryRun)
    throw new UserError(
      "usage",
      "a saved plan is carried out as a whole",
      "Add --yes to carry it out, or --dry-run to check it.",
    );
  const signal = interruptible();
  const { doors, close } = await openDoors(options, signal);
  try {
    const state = stateFolder();
    if (!options.dryRun) await putBackWhatWasLeft(state, doors, options);
    const needs = new Map(plan.needs.map((list, i) => [i, list]));
    const mayOpenFirewall = options.openFirewall === true;
    const looked = await lookAll(plan.steps, { doors, needs, signal, mayOpenFirewall });
    const now = new Map<string, string>();
    for (const { look } of looked)
      if (look.state === "change" && look.fingerprint !== "" && !now.has(look.subject))
        now.set(look.subject, look.fingerprint);
    const refused = looked.flatMap(({ look, step }) =>
      look.state === "refused" ? [`${step.title}: ${look.because}`] : [],
    );
    const moved = [...movedSince(plan, now), ...refused];
    if (moved.length > 0)
      throw new UserError(
        "stale-plan",
        `${file} cannot be carried out any more:\n  ${moved.join("\n  ")}`,
        "Make a new plan with --dry-run -o FILE.",
      );
    if (options.dryRun) {
      note(options, `${file} can be carried out: nothing has moved since ${plan.madeAt}.`);
      return exitCodes.problems;
    }
    const before = await diagnoseLive(options);
    const started = await runTransaction(plan.steps, {
      doors,
      state,
      mayOpenFirewall,
      incident: newId(new Date()),
      why: `saved plan: ${plan.title}`,
      actor: thisActor(),
      needs,
      signal,
      reach: reachOf(options),
      fingerprints: now,
      findings: plan.findings.map(({ id }) => id),
      ...(options.wait === undefined ? {} : { gateMs: options.wait * 1000 }),
      onStep: (step) => note(options, `doing: ${step.title}`),
    });
    if (!started.ok) {
      note(options, `not done: ${started.execution.because ?? ""}`);
      return exitCodes.failed;
    }
    const { transaction } = started;
    const after = await diagnoseLive(options).catch(async (error: unknown) => {
      await transaction.undo("what became of it could not be seen");
      throw error;
    });
    const wanted = new Set(plan.findings.map(({ id }) => id));
    const verdict = verify(
      before.findings.filter(({ id }) => wanted.has(id)),
      before,
      after,
    );
    if (verdict.ok) {
      await transaction.commit();
      note(options, `done and kept; watchmend rollback ${transaction.id} undoes it`);
      return after.verdict === "healthy" ? exitCodes.clean : exitCodes.problems;
    }
    const undone = await transaction.undo(verdict.because);
    note(options, `put back, because ${verdict.because}${undone.says.map((line) => `\n  ${line}`).join("")}`);
    return exitCodes.failed;
  } finally {
    await close();
  }
}
