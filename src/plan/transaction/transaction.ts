// One repair, done whole or taken back: lock, journal, before-image, change, gate; kept only when the diagnosis afterwards agrees.
import type { Step } from "../../model/plan.ts";
import type { Execution, StepResult } from "../../model/remediation.ts";
import { openBackupStore } from "./backup-store.ts";
import { type Transaction, takeBack, transactionOf } from "./ending.ts";
import type { LockTarget } from "./entry.ts";
import { awaitGates } from "./gate.ts";
import { openJournal } from "./journal.ts";
import { kindFor } from "./kinds/registry.ts";
import { type Locks, takeLocks } from "./locks.ts";
import { type Looked, lookAll, lookAt } from "./look-all.ts";
import { actContext, lookContext, type Run, withPoints } from "./running.ts";
import { makeTransactionFolder, newId } from "./state-folder.ts";
import type { ActContext, AnyKind, Look, LookContext } from "./step-kind.ts";
import { notBegun, resultOf } from "./step-result.ts";
import type { TransactionOptions } from "./transaction-options.ts";

export type Started =
  | { readonly ok: true; readonly transaction: Transaction }
  /** Nothing was changed, or everything was put back. */
  | {
      readonly ok: false;
      readonly execution: Execution;
      readonly id?: string;
      /** False: something could not be put back; `because` of the execution says what. */
      readonly putBack: boolean;
    };

export async function runTransaction(steps: readonly Step[], options: TransactionOptions): Promise<Started> {
  const before = await (options.looked ?? lookAll(steps, options));
  const stop = stopOf(before, options.fingerprints);
  if (stop !== undefined)
    return { ok: false, putBack: true, execution: { ok: false, because: stop, steps: before.map(resultOf) } };
  const id = newId(new Date());
  const folder = makeTransactionFolder(options.state, id);
  const journal = withPoints(openJournal(folder), options.point);
  const targets = before.flatMap(({ look }): LockTarget[] => (look.state === "change" ? [look.lock] : []));
  const { incident, why, findings, actor } = options;
  journal.append({
    what: "begun",
    schema: "watchmend.journal/v1",
    id,
    incident,
    by: actor,
    why,
    steps: [...steps],
    ...(findings ? { findings: [...findings] } : {}),
    locks: targets,
    ...(options.reach ? { reach: options.reach } : {}),
  });
  let locks: Locks;
  try {
    locks = await takeLocks(targets, options.doors, { actor, why, transaction: id });
  } catch (error) {
    journal.append({ what: "undoing", because: messageOf(error) });
    journal.append({ what: "rolled-back", complete: true });
    journal.append({ what: "released" });
    return {
      ok: false,
      id,
      putBack: true,
      execution: { ok: false, because: messageOf(error), steps: before.map(notBegun) },
    };
  }
  const run = { ...options, id, folder, journal, backup: openBackupStore(folder), locks };
  return await carryOut(steps, before, run);
}

async function carryOut(steps: readonly Step[], planned: readonly Looked[], run: Run): Promise<Started> {
  const results: StepResult[] = [];
  try {
    const context = lookContext(steps, run);
    for (const [n, step] of steps.entries()) {
      run.signal?.throwIfAborted();
      run.onStep?.(step, n);
      results.push(await doStep(step, n, results, { context, planned }, run));
    }
    run.journal.append({ what: "applied" });
    const gate = await awaitGates(gatesOf(run), run);
    run.journal.append({ what: "gate", ...gate, says: [...gate.says] });
    return { ok: true, transaction: transactionOf(run, { ok: true, steps: results }, gate) };
  } catch (error) {
    const why = run.signal?.aborted ? "interrupted" : messageOf(error);
    const undone = await takeBack(run, why);
    const back = undone.complete ? "put back" : "what could not be put back is told above";
    const gone = results.map(
      (one): StepResult => (one.state === "done" ? { ...one, state: "refused", because: back } : one),
    );
    const rest = steps
      .slice(results.length)
      .map((step): StepResult => ({ step, state: "refused", because: "not reached" }));
    const because = [why, ...(undone.complete ? ["everything was put back"] : undone.says)].join("; ");
    return {
      ok: false,
      id: run.id,
      putBack: undone.complete,
      execution: { ok: false, because, steps: [...gone, ...rest] },
    };
  }
}

async function doStep(
  step: Step,
  n: number,
  earlier: readonly StepResult[],
  { context, planned }: { readonly context: LookContext; readonly planned: readonly Looked[] },
  run: Run,
): Promise<StepResult> {
  const waits = run.needs?.get(n)?.find((other) => earlier[other]?.state === "left");
  const kind = kindFor(step);
  const look: Look<unknown> =
    waits === undefined
      ? await lookAt(step, context)
      : { state: "left", because: `it waits for step ${waits + 1}, which is left for you` };
  if (look.state === "refused") throw new Error(`${step.title}: ${look.because}`);
  if (look.state !== "change") {
    run.journal.append({
      what: "passed",
      n,
      because: look.state === "left" ? look.because : "it was so already",
    });
    return resultOf({ step, look });
  }
  if (hasMoved(planned, n, look))
    throw new Error(`${look.subject} was changed by somebody while this ran; it was left as it is now`);
  const image = look.image(run.backup);
  run.journal.append({ what: "intent", n, kind: step.do, subject: look.subject, image });
  const acting = actContext(run);
  run.point?.(`act ${n}`);
  await kind.act(image, acting);
  run.point?.(`acted ${n}`);
  await mustStand(kind, image, look.subject, acting);
  run.journal.append({ what: "done", n });
  return resultOf({ step, look });
}

/** Not as it was when the locks were taken, and no step of ours has touched it since: what was agreed to was another change. */
function hasMoved(
  planned: readonly Looked[],
  n: number,
  { subject, fingerprint }: { readonly subject: string; readonly fingerprint: string },
): boolean {
  const look = planned[n]?.look;
  if (look?.state !== "change" || look.subject !== subject || look.fingerprint === "") return false;
  const isOurs = planned
    .slice(0, n)
    .some((one) => one.look.state === "change" && one.look.subject === subject);
  return !isOurs && look.fingerprint !== fingerprint;
}

async function mustStand(kind: AnyKind, image: unknown, subject: string, context: ActContext): Promise<void> {
  const standing = await kind.where(image, context);
  if (standing.is === "after") return;
  throw new Error(
    standing.is === "elsewhere" ? standing.says : `${subject} was changed, but does not show the change`,
  );
}

function stopOf(
  looked: readonly Looked[],
  fingerprints: ReadonlyMap<string, string> | undefined,
): string | undefined {
  for (const { step, look } of looked) {
    if (look.state === "refused") return `${step.title}: ${look.because}`;
    if (look.state !== "change") continue;
    const planned = fingerprints?.get(look.subject);
    if (planned !== undefined && planned !== look.fingerprint)
      return `${look.subject} has changed since the plan was made; plan again`;
  }
  return undefined;
}

function gatesOf(
  run: Run,
): { readonly kind: AnyKind; readonly image: unknown; readonly context: ActContext }[] {
  const context = actContext(run);
  return run.journal.written.flatMap((one) => {
    if (one.what !== "intent") return [];
    const kind = kindFor({ do: one.kind } as Step);
    return [{ kind, image: kind.parse(one.image), context }];
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
