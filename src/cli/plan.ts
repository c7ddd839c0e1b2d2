// `plan`: what apply would change, host by host; reads and changes nothing.
import type { DeploymentPlan } from "../model/deployment.ts";
import { exitCodes } from "../model/errors.ts";
import { leftOpen } from "../plan/deploy/left-open.ts";
import { stateFolder } from "../plan/transaction/state-folder.ts";
import type { DeployOptions } from "./deploy-options.ts";
import { type Deployment, lookAtHosts, openDeployment } from "./deployment.ts";
import { interruptible } from "./interrupt.ts";
import { deliver, note, terminalStyle } from "./output.ts";

export async function planVerb(options: DeployOptions): Promise<number> {
  const deployment = openDeployment(options);
  try {
    for (const { id, hosts, busy } of await leftOpen(stateFolder(), new Set(deployment.doors.keys())))
      note(
        options,
        busy
          ? `transaction ${id} works on ${hosts.join(", ")} right now: this plan will not stay true`
          : `transaction ${id} on ${hosts.join(", ")} was cut off in the middle: apply puts it back first, and plans anew`,
      );
    if (deployment.stack.security) (await import("./issue.ts")).issueFor(deployment.stack, options);
    const look = lookAtHosts(deployment, options, { batch: 8 });
    // Loaded while the hosts are asked.
    const [{ plan: planned }, { renderPlan }, { deploymentDocument }, { plainVeil }] = await Promise.all([
      look,
      import("../report/deployment.ts"),
      import("./deployment-plan-file.ts"),
      import("./plan-veil.ts"),
    ]);
    const plan = await withPreflight(deployment, planned, options);
    const document = (): string =>
      `${JSON.stringify(deploymentDocument(deployment, plan, options), undefined, 2)}\n`;
    const shown = plainVeil(plan);
    if (options.output !== undefined) {
      deliver(document(), options.output);
      note(options, `the plan is in ${options.output}; watchmend apply ${options.output} carries it out`);
    }
    process.stdout.write(
      options.format === "json"
        ? document()
        : `${renderPlan(shown, terminalStyle({ color: options.color }))}\n`,
    );
    return exitOfPlan(plan);
  } finally {
    await deployment.close();
  }
}

/** What stands in the way of the changes, as notes of the hosts they are for. Nothing pending, nothing asked. */
async function withPreflight(
  deployment: Deployment,
  plan: DeploymentPlan,
  options: DeployOptions,
): Promise<DeploymentPlan> {
  if (!plan.hosts.some(({ state }) => state === "changes")) return plan;
  const { preflight } = await import("./preflight-run.ts");
  const { readImageArchives } = await import("./image-archives.ts");
  const archives = await readImageArchives(options.images, deployment.stack, options.file);
  const { results } = await preflight(deployment, archives, options, interruptible());
  const words = {
    ok: "",
    warn: "careful",
    stop: "apply leaves this host out",
    unknown: "not known",
  } as const;
  return {
    ...plan,
    hosts: plan.hosts.map((host) => {
      if (host.state !== "changes") return host;
      const own = results.filter((one) => one.host === host.host && one.state !== "ok");
      const told = own.map(
        ({ state, check, says, next }) =>
          `${words[state]}: ${check}: ${says}${next === undefined ? "" : `; next: ${next}`}`,
      );
      return { ...host, notes: [...host.notes, ...told] };
    }),
  };
}

export function exitOfPlan({ hosts }: DeploymentPlan): number {
  const unseen = hosts.filter(({ state }) => state === "unreachable");
  if (hosts.length > 0 && unseen.length === hosts.length) return exitCodes.failed;
  if (unseen.length > 0) return exitCodes.unknown;
  return hosts.some(({ state }) => state === "changes" || state === "refused")
    ? exitCodes.problems
    : exitCodes.clean;
}
