// Carries a deployment out, batch by batch: each host's part is a transaction of its own, kept only when the gate agrees.
import type { Batch, DeploymentPlan, GateVerdict, Rollout } from "../../model/deployment.ts";
import { lookAll } from "../transaction/look-all.ts";
import {
  type Course,
  finished,
  firstResults,
  isOpen,
  isOut,
  outcomeOf,
  type RolloutOptions,
  type Standing,
} from "./course.ts";
import { endHost, startHost, stepsOf, takeBackEarlier } from "./host-turn.ts";
import { limited } from "./limited.ts";

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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
