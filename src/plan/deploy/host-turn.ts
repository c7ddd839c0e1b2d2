// One host's turn: its part is begun, and kept or put back as the gate says.
import type { Batch, DeploymentPlan, GateVerdict, HostPlan } from "../../model/deployment.ts";
import type { Doors } from "../transaction/doors.ts";
import type { Transaction } from "../transaction/ending.ts";
import { takeBackFromJournal } from "../transaction/recover.ts";
import { runTransaction } from "../transaction/transaction.ts";
import { audit } from "./audit.ts";
import { type Course, fail, type RolloutOptions, type Standing } from "./course.ts";
import { sweepKept } from "./sweep.ts";

export function stepsOf(
  { hosts }: DeploymentPlan,
  name: string,
  phase: Batch["phase"],
): HostPlan["steps"]["agents"] {
  return hosts.find(({ host }) => host === name)?.steps[phase] ?? [];
}

export async function startHost(
  plan: DeploymentPlan,
  batch: Batch,
  host: string,
  course: Course,
  options: RolloutOptions,
): Promise<Standing | undefined> {
  const access = options.doors.get(host);
  const steps = stepsOf(plan, host, batch.phase);
  if (!access || steps.length === 0) return undefined;
  course.begun.add(host);
  const looked = course.ahead.get(host);
  course.ahead.delete(host);
  const doors: Doors = { hosts: [access] };
  try {
    const started = await runTransaction(steps, {
      doors,
      ...(looked ? { looked } : {}),
      state: options.state,
      incident: options.incident,
      actor: options.actor,
      why: options.why,
      ...(options.reach ? { reach: options.reach } : {}),
      ...(options.gateMs === undefined ? {} : { gateMs: options.gateMs }),
      ...(options.signal ? { signal: options.signal } : {}),
      onStep: (step) => options.tell(`${host}: ${step.title}`),
      onGate: (event) => options.onGate?.(host, event),
      ...(options.point ? { point: (name: string) => options.point?.(host, name) } : {}),
    });
    if (!started.ok) {
      fail(course, host, started.execution.because ?? "it failed", started.putBack, started.id);
      return undefined;
    }
    const { transaction } = started;
    if (transaction.gateOk) return { host, transaction };
    await takeBack({ host, transaction }, transaction.gate.join("; "), course, options);
    return undefined;
  } catch (error) {
    fail(course, host, messageOf(error), false);
    return undefined;
  }
}

export async function endHost(
  one: Standing,
  verdict: GateVerdict | undefined,
  course: Course,
  options: RolloutOptions,
): Promise<void> {
  const blamed = verdict?.blamed[one.host];
  if (blamed && blamed.length > 0) {
    await takeBack(one, blamed.join("; "), course, options);
    return;
  }
  try {
    await one.transaction.commit();
  } catch (error) {
    fail(course, one.host, messageOf(error), false, one.transaction.id);
    return;
  }
  const before = course.results.get(one.host);
  course.results.set(one.host, {
    host: one.host,
    outcome: "done",
    says: [...(before?.says ?? []), ...leftOf(one.transaction), ...one.transaction.gate],
    transactions: [...(before?.transactions ?? []), one.transaction.id],
  });
  const access = options.doors.get(one.host);
  const directory = options.directories.get(one.host);
  if (!access || directory === undefined) return;
  const entry = { ...options, transaction: one.transaction.id, outcome: "done" };
  await Promise.allSettled([sweepKept(access), audit(access, directory, entry)]);
}

/** What a step did not do, and why: nothing stays unsaid. */
function leftOf({ execution }: Transaction): readonly string[] {
  return execution.steps.flatMap(({ state, because }) =>
    state === "left" && because !== undefined ? [because] : [],
  );
}

async function takeBack(
  one: Standing,
  because: string,
  course: Course,
  options: RolloutOptions,
): Promise<void> {
  const { host, transaction } = one;
  options.tell(`${host}: putting back, because ${because}`);
  const undone = await transaction.undo(because);
  const outcome = undone.complete ? "rolled-back" : "half-done";
  const before = course.results.get(host);
  course.failures++;
  course.results.set(host, {
    host,
    outcome,
    because,
    ...(undone.complete ? {} : { remedy: `watchmend history ${transaction.id}` }),
    says: undone.complete ? ["everything was put back"] : undone.says,
    transactions: [...(before?.transactions ?? []), transaction.id],
  });
  const access = options.doors.get(host);
  const directory = options.directories.get(host);
  if (access && directory !== undefined)
    await audit(access, directory, { ...options, transaction: transaction.id, outcome }).catch(
      () => undefined,
    );
}

/** A host whose own batch was fine by what could be seen then: the servers show now that its data does not arrive. */
export async function takeBackEarlier(
  host: string,
  faults: readonly string[],
  course: Course,
  options: RolloutOptions,
): Promise<void> {
  const before = course.results.get(host);
  const access = options.doors.get(host);
  if (before?.outcome !== "done" || !access || faults.length === 0) return;
  const because = faults.join("; ");
  options.tell(`${host}: putting back, because ${because}`);
  const says: string[] = [];
  let complete = true;
  for (const id of before.transactions.toReversed()) {
    const { state, actor } = options;
    const undone = await takeBackFromJournal(id, { state, doors: { hosts: [access] }, actor, because }).catch(
      (error: unknown) => ({ complete: false, says: [messageOf(error)] }),
    );
    says.push(...undone.says);
    complete &&= undone.complete;
  }
  course.failures++;
  course.results.set(host, {
    ...before,
    outcome: complete ? "rolled-back" : "half-done",
    because,
    says: complete ? ["everything was put back"] : says,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
