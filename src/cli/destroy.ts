// `destroy`: takes away what the stack has made on its hosts, in transactions that rollback undoes.

import type { DeploymentPlan, HostPlan } from "../model/deployment.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import { quoteWord } from "../model/quote.ts";
import { type DestroyWish, destroyHost, ownedPaths } from "../plan/deploy/destroy-host.ts";
import { putBackLeft } from "../plan/deploy/left-open.ts";
import { engineOf, lookCloser } from "../plan/deploy/observe.ts";
import { rollout } from "../plan/deploy/rollout.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { newId, stateFolder } from "../plan/transaction/state-folder.ts";
import { renderPlan, renderRollout } from "../report/deployment.ts";
import { exitOfRollout } from "./apply.ts";
import type { DestroyOptions } from "./commands/destroy.ts";
import { terminalAsker } from "./consent.ts";
import { type Deployment, lookAtHosts, openDeployment, type Seen } from "./deployment.ts";
import { interruptible } from "./interrupt.ts";
import { deliver, note, terminalStyle } from "./output.ts";

export async function destroyVerb(options: DestroyOptions): Promise<number> {
  const signal = interruptible();
  const deployment = openDeployment(options);
  try {
    checkConfirmation(deployment, options);
    const state = stateFolder();
    const incident = newId(new Date());
    const blocked = await putBackLeft(state, deployment.doors, thisActor(), (text) => note(options, text));
    const seen = await lookAtHosts(deployment, options, { batch: 1, blocked });
    const hosts = await Promise.all(
      seen.plan.hosts.map((host) => planOf(deployment, seen, host, options, incident)),
    );
    const turn = hosts.filter((host) => host.state === "changes").map(({ host }) => host);
    const plan: DeploymentPlan = {
      stack: deployment.stack.name,
      hosts,
      batches: turn.length > 0 ? [{ phase: "servers", hosts: turn, canary: false }] : [],
    };
    if (!(await agreed(plan, options))) return exitCodes.problems;
    const done = await rollout(plan, {
      doors: deployment.doors,
      directories: deployment.directories,
      state,
      incident,
      actor: thisActor(),
      why: `destroy ${plan.stack}`,
      reach: deployment.reach,
      parallel: 6,
      maxFailures: hosts.length,
      signal,
      gate: () => Promise.resolve(undefined),
      tell: (text) => note(options, text),
    });
    deliver(
      options.format === "json"
        ? `${JSON.stringify({ schema: "watchmend.rollout/v1", ...done }, undefined, 2)}\n`
        : renderRollout(done, terminalStyle(options)),
      options.output,
    );
    if (turn.length > 0) note(options, `watchmend rollback ${incident} puts everything back`);
    if (options.data) tellSpace(deployment, turn, incident, options);
    return signal.aborted ? exitCodes.interrupted : exitOfRollout(done);
  } finally {
    await deployment.close();
  }
}

function asideOf(directory: string, incident: string): string {
  return `${directory}/data.destroyed-${incident}`;
}

async function planOf(
  deployment: Deployment,
  { observed }: Seen,
  host: HostPlan,
  options: DestroyOptions,
  incident: string,
): Promise<HostPlan> {
  const first = observed.get(host.host);
  const desired = deployment.desired.hosts.find(({ name }) => name === host.host);
  const directory = deployment.directories.get(host.host);
  const access = deployment.doors.get(host.host);
  if (!first || !desired || !access || directory === undefined) return host;
  const wish: DestroyWish = {
    stack: deployment.stack.name,
    directory,
    desired,
    observed: first,
    ...(options.data ? { aside: asideOf(directory, incident) } : {}),
  };
  const closer = await lookCloser(access, first, ownedPaths(wish), [], engineOf(desired));
  return destroyHost({ ...wish, observed: closer });
}

/** Data is asked for by name: a habit of saying yes must not be enough. */
function checkConfirmation({ stack }: Deployment, { data, yes, confirm }: DestroyOptions): void {
  if (confirm !== undefined && confirm !== stack.name)
    throw new UserError(
      "usage",
      `the stack is called ${stack.name}, not ${confirm}`,
      "Look at -f again: it names the model.",
    );
  if (data && yes && confirm === undefined)
    throw new UserError("usage", "--data is not done by --yes alone", `Add --confirm ${stack.name}`);
}

async function agreed(plan: DeploymentPlan, options: DestroyOptions): Promise<boolean> {
  if (options.yes || plan.batches.length === 0) return true;
  const shown = renderPlan(plan, terminalStyle({ color: options.color }));
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    deliver(shown, undefined);
    note(options, "Nobody to ask and no --yes: the plan was shown and nothing was changed.");
    return false;
  }
  const asker = terminalAsker();
  try {
    asker.say(`${shown}\n\n`);
    const wanted = options.data ? plan.stack : "yes";
    const answer = (await asker.ask(`Type ${wanted} to take all of this away: `)).trim();
    if (answer === wanted) return true;
    note(options, "Nothing was changed.");
    return false;
  } finally {
    asker.close();
  }
}

function tellSpace(
  { directories }: Deployment,
  hosts: readonly string[],
  incident: string,
  options: DestroyOptions,
): void {
  for (const host of hosts) {
    const directory = directories.get(host);
    if (directory === undefined) continue;
    note(
      options,
      `to free the space, and give up the way back: ssh ${quoteWord(host)} rm -r ${quoteWord(asideOf(directory, incident))}`,
    );
  }
}
