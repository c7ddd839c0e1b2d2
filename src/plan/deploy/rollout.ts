// Carries a deployment out, batch by batch: each host's part is a transaction of its own, kept only when the gate agrees.
import type {
  Batch,
  DeploymentPlan,
  GateVerdict,
  HostPlan,
  HostResult,
  Rollout,
} from "../../model/deployment.ts";
import type { Doors, HostAccess } from "../transaction/doors.ts";
import type { Actor, ReachOptions } from "../transaction/entry.ts";
import type { GateEvent } from "../transaction/gate.ts";
import { takeBackFromJournal } from "../transaction/recover.ts";
import { type Looked, lookAll, runTransaction, type Transaction } from "../transaction/transaction.ts";
import { audit } from "./audit.ts";
import { sweepKept } from "./sweep.ts";

export interface RolloutOptions {
  readonly doors: ReadonlyMap<string, HostAccess>;
  readonly directories: ReadonlyMap<string, string>;
  readonly state: string;
  readonly incident: string;
  readonly actor: Actor;
  readonly why: string;
  readonly reach?: ReachOptions;
  readonly parallel: number;
  /** More hosts than this may not fail. */
  readonly maxFailures: number;
  readonly gateMs?: number;
  readonly signal?: AbortSignal;
  /** Looks whether data arrives; the hosts are those of the batch that stand. */
  readonly gate: (
    batch: Batch,
    hosts: readonly string[],
    out: ReadonlySet<string>,
  ) => Promise<GateVerdict | undefined>;
  readonly tell: (text: string) => void;
  readonly onGate?: (host: string, event: GateEvent) => void;
  readonly point?: (host: string, name: string) => void;
}

interface Course {
  readonly results: Map<string, HostResult>;
  readonly gates: GateVerdict[];
  /** By host: what its part will do, looked at while the batch before waited. */
  readonly ahead: Map<string, Promise<readonly Looked[]>>;
  readonly begun: Set<string>;
  failures: number;
  canaryStands: boolean;
  stopped?: string;
}

interface Standing {
  readonly host: string;
  readonly transaction: Transaction;
}

export async function rollout(plan: DeploymentPlan, options: RolloutOptions): Promise<Rollout> {
  const course: Course = {
    results: firstResults(plan),
    gates: [],
    ahead: new Map(),
    begun: new Set(),
    failures: 0,
    canaryStands: false,
  };
  const looks: Promise<unknown>[] = [];
  const queue = [...plan.batches];
  for (let batch = queue.shift(); batch; batch = queue.shift()) {
    if (options.signal?.aborted) course.stopped = "interrupted";
    if (course.stopped !== undefined) break;
    const hosts = batch.hosts.filter((host) => isOpen(course, host));
    if (hosts.length === 0) continue;
    looks.push(lookAhead(plan, batch, queue[0], course, options));
    await oneBatch(plan, { ...batch, hosts }, course, options);
    if (batch.canary && !course.canaryStands) promoteNext(queue, batch);
  }
  await Promise.all(looks);
  return {
    stack: plan.stack,
    id: options.incident,
    hosts: plan.hosts.map(({ host }) => finished(course, host)),
    gates: course.gates,
    ...(course.stopped === undefined ? {} : { stopped: course.stopped }),
  };
}

/** Reads, and asks the validators of files that are not there yet; what changes waits for its turn. Servers wait with both. */
async function lookAhead(
  plan: DeploymentPlan,
  { phase }: Batch,
  next: Batch | undefined,
  course: Course,
  { doors, parallel, signal }: RolloutOptions,
): Promise<void> {
  if (next?.phase !== "agents" || phase !== "agents") return;
  await limited(next.hosts, parallel, async (host) => {
    const access = doors.get(host);
    const steps = stepsOf(plan, host, phase);
    const isDue = course.stopped === undefined && course.results.get(host)?.outcome === "not-reached";
    if (!access || steps.length === 0 || !isDue || course.begun.has(host)) return;
    const looked = lookAll(steps, { doors: { hosts: [access] }, ...(signal ? { signal } : {}) });
    course.ahead.set(host, looked);
    await looked.catch(() => undefined);
  });
}

function stepsOf(
  { hosts }: DeploymentPlan,
  name: string,
  phase: Batch["phase"],
): HostPlan["steps"]["agents"] {
  return hosts.find(({ host }) => host === name)?.steps[phase] ?? [];
}

function firstResults(plan: DeploymentPlan): Map<string, HostResult> {
  const planned = new Set(plan.batches.flatMap(({ hosts }) => hosts));
  return new Map(plan.hosts.map((one) => [one.host, resultOf(one, planned.has(one.host))]));
}

function resultOf({ host, state, because, remedy, unknown }: HostPlan, isPlanned: boolean): HostResult {
  const outcome =
    state === "changes" ? (isPlanned ? "not-reached" : "refused") : state === "none" ? "unchanged" : state;
  return {
    host,
    outcome,
    ...(because === undefined ? {} : { because }),
    ...(remedy === undefined ? {} : { remedy }),
    says: unknown ?? [],
    transactions: [],
  };
}

function isOpen({ results }: Course, host: string): boolean {
  const outcome = results.get(host)?.outcome;
  return outcome === "not-reached" || outcome === "done";
}

/** The next host goes alone as well: many at a time only after one of them works. */
function promoteNext(queue: Batch[], failed: Batch): void {
  const at = queue.findIndex(({ phase }) => phase === failed.phase);
  const next = queue[at];
  if (!next || next.hosts.length === 0) return;
  const [first = "", ...rest] = next.hosts;
  const split = [
    { ...next, hosts: [first], canary: true },
    ...(rest.length > 0 ? [{ ...next, hosts: rest }] : []),
  ];
  queue.splice(at, 1, ...split);
}

async function oneBatch(
  plan: DeploymentPlan,
  batch: Batch,
  course: Course,
  options: RolloutOptions,
): Promise<void> {
  const started = await limited(batch.hosts, options.parallel, (host) =>
    startHost(plan, batch, host, course, options),
  );
  const standing = started.flatMap((one) => one ?? []);
  const out = new Set(
    [...course.results.values()].filter(({ outcome }) => isOut(outcome)).map(({ host }) => host),
  );
  const verdict = standing.length === 0 ? undefined : await ask(batch, standing, out, course, options);
  await limited(standing, options.parallel, (one) => endHost(one, verdict, course, options));
  const earlier = Object.keys(verdict?.blamed ?? {}).filter(
    (host) => !standing.some((one) => one.host === host),
  );
  for (const host of earlier) await takeBackEarlier(host, verdict?.blamed[host] ?? [], course, options);
  if (verdict && !verdict.ok) course.stopped ??= "data does not arrive as it should";
  const dirty = batch.prunes ? batch.hosts.filter((host) => isOut(outcomeOf(course, host))) : [];
  if (dirty.length > 0)
    course.stopped ??= `${dirty.join(", ")} could not be cleaned, and the servers would forget that it is not`;
  if (course.failures > options.maxFailures)
    course.stopped ??= `${course.failures} hosts failed, and no more than ${options.maxFailures} may`;
  if (standing.length > 0 && (verdict?.ok ?? true)) course.canaryStands = true;
}

function outcomeOf({ results }: Course, host: string): HostResult["outcome"] {
  return results.get(host)?.outcome ?? "not-reached";
}

function isOut(outcome: HostResult["outcome"]): boolean {
  return outcome !== "done" && outcome !== "unchanged" && outcome !== "not-reached";
}

async function ask(
  batch: Batch,
  standing: readonly Standing[],
  out: ReadonlySet<string>,
  course: Course,
  { gate }: RolloutOptions,
): Promise<GateVerdict | undefined> {
  const hosts = standing.map(({ host }) => host);
  try {
    const verdict = await gate(batch, hosts, out);
    if (verdict) course.gates.push(verdict);
    return verdict;
  } catch (error) {
    const says = `whether data arrives could not be seen: ${messageOf(error)}`;
    const verdict: GateVerdict = {
      ok: false,
      says: [says],
      blamed: Object.fromEntries(hosts.map((host) => [host, [says]])),
      others: [],
    };
    course.gates.push(verdict);
    return verdict;
  }
}

async function startHost(
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

async function endHost(
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
async function takeBackEarlier(
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

/** The transaction has put everything back by itself, or had not begun. */
function fail(course: Course, host: string, because: string, putBack: boolean, id?: string): void {
  const before = course.results.get(host);
  course.failures++;
  course.results.set(host, {
    host,
    outcome: putBack ? "rolled-back" : "half-done",
    because,
    says: [],
    transactions: [...(before?.transactions ?? []), ...(id === undefined ? [] : [id])],
  });
}

function finished({ results }: Course, host: string): HostResult {
  return results.get(host) ?? { host, outcome: "not-reached", says: [], transactions: [] };
}

/** At most so many at a time, results in the order of the items. */
export async function limited<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) {
      const item = items[at];
      if (item !== undefined) results[at] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, width), items.length) }, worker));
  return results;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
