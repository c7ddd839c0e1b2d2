// `apply`: plan, ask, change in batches behind a gate, tell what became of every host.

import type { DeploymentPlan, Rollout } from "../model/deployment.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import { putBackLeft } from "../plan/deploy/left-open.ts";
import { hasKept, sweepKept } from "../plan/deploy/sweep.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { duration } from "../plan/transaction/lock-refusal.ts";
import { newId, stateFolder } from "../plan/transaction/state-folder.ts";
import type { ApplyOptions } from "./commands/apply.ts";
import { type Deployment, lookAtHosts, openDeployment, type Seen } from "./deployment.ts";
import { interruptible } from "./interrupt.ts";
import { deliver, note, terminalStyle } from "./output.ts";

export async function applyVerb(file: string | undefined, given: ApplyOptions): Promise<number> {
  const saved = file === undefined ? undefined : await savedPlan(file);
  const options = saved ? optionsOf(given, saved.deployment) : given;
  const signal = interruptible();
  const deployment = openDeployment(options);
  try {
    const state = stateFolder();
    const prepare = (doors: Deployment["doors"]): Promise<ReadonlyMap<string, string>> =>
      putBackLeft(state, doors, thisActor(), (text) => note(options, text));
    const blocked = await prepare(deployment.doors);
    // Only a stack with security has anything to issue.
    const issue = deployment.stack.security ? await import("./issue.ts") : undefined;
    issue?.issueFor(deployment.stack, options);
    const look = lookAtHosts(deployment, options, { batch: options.batch, blocked, prepare });
    // Loaded while the hosts are asked.
    const [seen] = await Promise.all([look, import("../report/deployment.ts")]);
    if (saved) {
      const { movedSincePlan } = await import("./deployment-plan-file.ts");
      refuseStale(file ?? "", movedSincePlan(saved, seen.plan));
    }
    for (const [name, { containers }] of seen.observed) {
      const access = deployment.doors.get(name);
      if (access && hasKept(containers)) await sweepKept(access);
    }
    const pending = seen.plan.hosts.some((host) => host.state === "changes");
    if (!pending) {
      issue?.noteIssued(deployment.stack, untouched(seen.plan));
      return await tell(untouched(seen.plan), options);
    }
    if (!(await agreed(seen.plan, options, saved !== undefined))) return exitCodes.problems;
    const done = await carryOut(deployment, seen, options, state, signal);
    issue?.noteIssued(deployment.stack, done);
    return await tell(done, options);
  } finally {
    await deployment.close();
  }
}

async function savedPlan(
  file: string,
): Promise<ReturnType<typeof import("./saved-plan-file.ts")["loadDeploymentPlan"]>> {
  const { loadDeploymentPlan } = await import("./saved-plan-file.ts");
  return loadDeploymentPlan(file);
}

function optionsOf(
  options: ApplyOptions,
  {
    model,
    onlyHosts,
    backupData,
    prune,
    forget,
  }: {
    readonly model: string;
    readonly onlyHosts?: unknown;
    readonly backupData?: unknown;
    readonly prune?: unknown;
    readonly forget?: unknown;
  },
): ApplyOptions {
  const host = Array.isArray(onlyHosts) ? onlyHosts.map(String) : undefined;
  return {
    ...options,
    file: options.file === "watchmend.yaml" ? model : options.file,
    ...(host ? { host } : {}),
    ...(backupData === true ? { backupData } : {}),
    ...(prune === true ? { prune } : {}),
    ...(Array.isArray(forget) ? { forget: forget.map(String) } : {}),
  };
}

function refuseStale(file: string, moved: readonly string[]): void {
  if (moved.length === 0) return;
  throw new UserError(
    "stale-plan",
    `${file} cannot be carried out any more:\n  ${moved.slice(0, 30).join("\n  ")}`,
    `Make a new plan with: watchmend plan -o ${file}`,
  );
}

function untouched({ stack, hosts }: DeploymentPlan): Rollout {
  return {
    stack,
    gates: [],
    hosts: hosts.map(({ host, state, because, remedy }) => ({
      host,
      outcome: state === "none" || state === "changes" ? "unchanged" : state,
      ...(because === undefined ? {} : { because }),
      ...(remedy === undefined ? {} : { remedy }),
      says: [],
      transactions: [],
    })),
  };
}

/** One question for the whole: its parts mean nothing without each other. */
async function agreed(plan: DeploymentPlan, options: ApplyOptions, isSaved: boolean): Promise<boolean> {
  if (options.yes) return true;
  const { renderPlan } = await import("../report/deployment.ts");
  const { plainVeil } = await import("./plan-veil.ts");
  const shown = renderPlan(plainVeil(plan), terminalStyle({ color: options.color }));
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    deliver(shown, undefined);
    note(options, "Nobody to ask and no --yes: the plan was shown and nothing was changed.");
    return false;
  }
  const { terminalAsker } = await import("./consent.ts");
  const asker = terminalAsker();
  try {
    if (!isSaved) asker.say(`${shown}\n\n`);
    for (;;) {
      const answer = (await asker.ask("Carry this out? [y]es, [n]o: ")).trim().toLowerCase();
      if (/^y(?:es)?$/.test(answer)) return true;
      if (/^(?:no?|q(?:uit)?)$/.test(answer)) {
        note(options, "Nothing was changed.");
        return false;
      }
    }
  } finally {
    asker.close();
  }
}

async function carryOut(
  deployment: Deployment,
  seen: Seen,
  options: ApplyOptions,
  state: string,
  signal: AbortSignal,
): Promise<Rollout> {
  const { dataGate } = await import("./deploy-gate.ts");
  const { beforeChange } = await import("./before-change.ts");
  const { rollout } = await import("../plan/deploy/rollout.ts");
  const plan = await beforeChange(deployment, seen, options, signal);
  const hosts = plan.hosts.length;
  const waits = new Map<string, string>();
  return await rollout(plan, {
    doors: deployment.doors,
    directories: deployment.directories,
    state,
    incident: newId(new Date()),
    actor: thisActor(),
    why: `apply ${plan.stack}`,
    reach: deployment.reach,
    parallel: options.parallel,
    maxFailures: options.maxFailures ?? Math.max(1, Math.floor(hosts / 4)),
    gateMs: options.wait * 1000,
    signal,
    gate: dataGate(deployment, { ...seen, plan }, options, signal),
    tell: (text) => note(options, text),
    onGate: (host, { says, remainingMs }) => {
      const said = says.join("; ");
      if (waits.get(host) !== said)
        note(options, `${host}: waiting (${duration(remainingMs / 1000)} left): ${said}`);
      waits.set(host, said);
    },
  });
}

async function tell(done: Rollout, options: ApplyOptions): Promise<number> {
  const { renderRollout } = await import("../report/deployment.ts");
  const text =
    options.format === "json"
      ? `${JSON.stringify({ schema: "watchmend.rollout/v1", ...done }, undefined, 2)}\n`
      : renderRollout(done, terminalStyle(options));
  deliver(text, options.output);
  const changed = done.hosts.some(({ transactions }) => transactions.length > 0);
  if (changed && done.id !== undefined) note(options, `watchmend rollback ${done.id} takes it back`);
  if (interruptible().aborted) return exitCodes.interrupted;
  return exitOfRollout(done);
}

export function exitOfRollout({ hosts, gates, stopped }: Rollout): number {
  const unseen = hosts.filter(({ outcome }) => outcome === "unreachable");
  if (hosts.length > 0 && unseen.length === hosts.length) return exitCodes.failed;
  const bad = new Set(["rolled-back", "half-done", "refused", "not-reached"]);
  if (stopped !== undefined || hosts.some(({ outcome }) => bad.has(outcome))) return exitCodes.problems;
  const last = gates.at(-1);
  if (last && (!last.ok || last.others.length > 0)) return exitCodes.problems;
  return unseen.length > 0 ? exitCodes.unknown : exitCodes.clean;
}
