// Plans as files: written by a dry run, carried out later if nothing has moved.
import { exitCodes, UserError } from "../model/errors.ts";
import type { Round } from "../model/remediation.ts";
import { movedSince, type SavedPlan } from "../plan/saved-plan.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { lookAll } from "../plan/transaction/look-all.ts";
import { newId, stateFolder } from "../plan/transaction/state-folder.ts";
import { runTransaction } from "../plan/transaction/transaction.ts";
import { verify } from "../plan/verify.ts";
import type { RemediateOptions } from "./commands/remediate.ts";
import { writeRecord } from "./incident-record.ts";
import { interruptible } from "./interrupt.ts";
import { openDoors, reachOf } from "./live-doors.ts";
import { note } from "./output.ts";
import { putBackWhatWasLeft } from "./put-back.ts";
import { countdown, diagnoseLive } from "./remediate-live.ts";
import { loadRepairPlan } from "./saved-plan-file.ts";
import { veiledRound, veilOver } from "./veil.ts";
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
    const mayGiveRights = options.allowPrivileged === true;
    const looked = await lookAll(plan.steps, { doors, needs, signal, mayOpenFirewall, mayGiveRights });
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
    const { report: before, segments } = await diagnoseLive(options);
    const veil = veilOver(() => segments, false);
    const incident = newId(new Date());
    const started = await runTransaction(plan.steps, {
      doors,
      state,
      mayOpenFirewall,
      mayGiveRights,
      incident,
      why: `saved plan: ${plan.title}`,
      actor: thisActor(),
      needs,
      signal,
      reach: reachOf(options),
      fingerprints: now,
      findings: plan.findings.map(({ id }) => id),
      ...(options.wait === undefined ? {} : { gateMs: options.wait * 1000 }),
      onStep: (step) => note(options, `doing: ${step.title}`),
      onGate: ({ says, remainingMs }) => countdown(options, says, remainingMs),
    });
    const wanted = new Set(plan.findings.map(({ id }) => id));
    const meant = before.findings.filter(({ id }) => wanted.has(id));
    const tell = (more: Partial<Round>, then: Round[] = []): void => {
      const made = { findings: meant, steps: plan.steps, withoutFix: [], needs: plan.needs };
      const round: Round = { number: 1, report: before, plan: made, preview: [], surfaced: [], ...more };
      const id = started.ok ? started.transaction.id : started.id;
      if (id === undefined) return;
      const repair = { title: plan.title, rounds: [round, ...then].map((one) => veiledRound(one, veil)) };
      note(options, `the incident record is ${writeRecord(incident, repair, [id])}`);
    };
    if (!started.ok) {
      note(options, `not done: ${started.execution.because ?? ""}`);
      tell({ execution: started.execution });
      return exitCodes.failed;
    }
    const { transaction } = started;
    const execution = { ...transaction.execution, gate: transaction.gate };
    const { report: after } = await diagnoseLive(options).catch(async (error: unknown) => {
      const because = "what became of it could not be seen";
      const { says } = await transaction.undo(because);
      tell({ execution, outcome: { kept: false, because, says } });
      throw error;
    });
    const verdict = verify(meant, before, after);
    if (verdict.ok) {
      await transaction.commit();
      const last = { plan: { findings: [], steps: [], withoutFix: [] }, preview: [], surfaced: [] };
      tell({ execution, outcome: { kept: true } }, [{ number: 2, report: after, ...last }]);
      note(options, `done and kept; watchmend rollback ${transaction.id} undoes it`);
      return after.verdict === "healthy" ? exitCodes.clean : exitCodes.problems;
    }
    const undone = await transaction.undo(verdict.because);
    tell({ execution, outcome: { kept: false, because: verdict.because, says: undone.says } });
    note(options, `put back, because ${verdict.because}${undone.says.map((line) => `\n  ${line}`).join("")}`);
    return exitCodes.failed;
  } finally {
    await close();
  }
}
