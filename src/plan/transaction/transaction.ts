// One repair, done whole or taken back: lock, journal, before-image, change, gate; kept only when the diagnosis afterwards agrees.
import type { Step } from "../../model/plan.ts";
import type { Execution, StepResult } from "../../model/remediation.ts";
import { rightsGiven } from "../rights.ts";
import { type BackupStore, openBackupStore } from "./backup-store.ts";
import { denyStep } from "./deny.ts";
import type { Doors } from "./doors.ts";
import type { Actor, LockTarget, NewEntry, ReachOptions } from "./entry.ts";
import { awaitGates, type GateEvent } from "./gate.ts";
import { type Journal, openJournal } from "./journal.ts";
import { kindFor } from "./kinds/registry.ts";
import { type Locks, takeLocks } from "./locks.ts";
import { makeTransactionFolder, newId } from "./state-folder.ts";
import type { ActContext, AnyKind, Look, LookContext } from "./step-kind.ts";
import { type Undone, undoAll } from "./undo.ts";

export interface TransactionOptions {
  readonly doors: Doors;
  /** Folder of the journals. */
  readonly state: string;
  readonly incident: string;
  readonly why: string;
  readonly findings?: readonly string[];
  readonly actor: Actor;
  /** What `lookAll` said of these steps a moment ago; what has moved since is seen before it is changed. */
  readonly looked?: Promise<readonly Looked[]>;
  /** By subject: what the plan was made on. Anything else refuses the whole. */
  readonly fingerprints?: ReadonlyMap<string, string>;
  /** Steps that wait for another one: when that is left for a person, they are left too. */
  readonly needs?: ReadonlyMap<number, readonly number[]>;
  /** How the doors were opened, for whoever undoes it. */
  readonly reach?: ReachOptions;
  readonly mayOpenFirewall?: boolean;
  readonly mayGiveRights?: boolean;
  readonly gateMs?: number;
  readonly signal?: AbortSignal;
  readonly onGate?: (event: GateEvent) => void;
  readonly onStep?: (step: Step, n: number) => void;
  /** Called before and after everything that a crash could fall between; tests die there. */
  readonly point?: (name: string) => void;
}

export interface Transaction {
  readonly id: string;
  readonly folder: string;
  readonly execution: Execution;
  /** What was waited for, in words. */
  readonly gate: readonly string[];
  /** All of it came true in time. */
  readonly gateOk: boolean;
  commit(): Promise<void>;
  undo(because: string): Promise<Undone>;
}

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

interface Run extends TransactionOptions {
  readonly id: string;
  readonly folder: string;
  readonly journal: Journal;
  readonly backup: BackupStore;
  readonly locks: Locks;
}

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

export interface Looked {
  readonly step: Step;
  readonly look: Look<unknown>;
}

/** What all steps would do, one after the other; nothing is changed. */
export async function lookAll(
  steps: readonly Step[],
  {
    doors,
    needs,
    signal,
    mayOpenFirewall,
    mayGiveRights,
  }: Pick<TransactionOptions, "doors" | "needs" | "signal" | "mayOpenFirewall" | "mayGiveRights">,
): Promise<readonly Looked[]> {
  const context: LookContext = {
    doors,
    steps,
    originals: new Map(),
    pending: new Map(),
    ...(signal ? { signal } : {}),
    ...(mayOpenFirewall ? { mayOpenFirewall } : {}),
    ...(mayGiveRights ? { mayGiveRights } : {}),
  };
  const looked: Looked[] = [];
  for (const [n, step] of steps.entries()) {
    const waits = needs?.get(n)?.find((other) => looked[other]?.look.state === "left");
    const look: Look<unknown> =
      waits === undefined
        ? await lookAt(step, context)
        : { state: "left", because: `it waits for step ${waits + 1}, which is left for you` };
    looked.push({ step, look });
  }
  return looked;
}

async function lookAt(step: Step, context: LookContext): Promise<Look<unknown>> {
  try {
    const denied = denyStep(step);
    if (denied !== undefined) return { state: "refused", because: denied };
    const look = withRights(step, await kindFor(step).look(step, context), context);
    const no = look.state === "change" ? await look.rehearse?.() : undefined;
    return no === undefined ? look : { state: "refused", because: no };
  } catch (error) {
    return { state: "refused", because: messageOf(error) };
  }
}

/** Rights over a host are handed out only where somebody was asked for that. */
function withRights(step: Step, look: Look<unknown>, { mayGiveRights }: LookContext): Look<unknown> {
  const given = look.state === "change" ? rightsGiven(step) : undefined;
  if (given === undefined || look.state !== "change") return look;
  if (mayGiveRights) return { ...look, notes: [given, ...(look.notes ?? [])] };
  return { state: "left", because: `${given}: done only with --allow-privileged, or where you are asked` };
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

/** The locks could not be had: of what was planned nothing was begun. */
function notBegun(looked: Looked): StepResult {
  const result = resultOf(looked);
  return result.state === "done" ? { step: looked.step, state: "refused", because: "not begun" } : result;
}

export function resultOf({ step, look }: Looked): StepResult {
  switch (look.state) {
    case "change":
      return {
        step,
        state: "done",
        before: look.before,
        after: look.after,
        where: look.subject,
        ...(look.notes?.[0] === undefined ? {} : { because: look.notes.join("; ") }),
      };
    case "already":
      return { step, state: "already", where: look.subject };
    case "left":
      return {
        step,
        state: "left",
        because: look.because,
        ...(look.command ? { command: look.command } : {}),
      };
    case "refused":
      return { step, state: "refused", because: look.because };
  }
}

function transactionOf(
  run: Run,
  execution: Execution,
  gate: { readonly ok: boolean; readonly says: readonly string[] },
): Transaction {
  return {
    id: run.id,
    folder: run.folder,
    execution,
    gate: gate.says,
    gateOk: gate.ok,
    async commit() {
      run.journal.append({ what: "committed" });
      await letGo(run);
    },
    undo: (because) => takeBack(run, because),
  };
}

async function takeBack(run: Run, because: string): Promise<Undone> {
  const entries = [...run.journal.written];
  const begun = entries.find((one) => one.what === "begun");
  if (!begun) return { complete: true, says: [] };
  const course = { begun, entries, unreadable: 0 };
  try {
    return await undoAll(course, run.journal, actContext(run), because);
  } finally {
    await letGo(run);
  }
}

async function letGo({ journal, locks }: Run): Promise<void> {
  await locks.release();
  try {
    journal.append({ what: "released" });
  } catch {
    // A full disk: the next run finds no lock to give back and says so here.
  }
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

function lookContext(
  steps: readonly Step[],
  { doors, signal, mayOpenFirewall, mayGiveRights }: Run,
): LookContext {
  return {
    doors,
    steps,
    originals: new Map(),
    ...(signal ? { signal } : {}),
    ...(mayOpenFirewall ? { mayOpenFirewall } : {}),
    ...(mayGiveRights ? { mayGiveRights } : {}),
  };
}

function actContext({ doors, id, backup, locks, signal }: Run): ActContext {
  return { doors, transaction: id, backup, hostLock: locks.host, ...(signal ? { signal } : {}) };
}

function withPoints(journal: Journal, point: ((name: string) => void) | undefined): Journal {
  if (!point) return journal;
  return {
    folder: journal.folder,
    written: journal.written,
    append(entry: NewEntry) {
      point(`before ${entry.what}`);
      journal.append(entry);
      point(`after ${entry.what}`);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
