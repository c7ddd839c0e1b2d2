// `plan`: what apply would change, host by host; reads and changes nothing.
import type { DeploymentPlan } from "../model/deployment.ts";
import { exitCodes } from "../model/errors.ts";
import { leftOpen } from "../plan/deploy/left-open.ts";
import { stateFolder } from "../plan/transaction/state-folder.ts";
import { renderPlan } from "../report/deployment.ts";
import type { DeployOptions } from "./deploy-options.ts";
import { lookAtHosts, openDeployment } from "./deployment.ts";
import { deploymentDocument } from "./deployment-plan-file.ts";
import { deliver, note, terminalStyle } from "./output.ts";
import { plainVeil } from "./plan-veil.ts";

export async function planVerb(options: DeployOptions): Promise<number> {
  const deployment = openDeployment(options);
  try {
    for (const { id, hosts, busy } of leftOpen(stateFolder(), new Set(deployment.doors.keys())))
      note(
        options,
        busy
          ? `transaction ${id} works on ${hosts.join(", ")} right now: this plan will not stay true`
          : `transaction ${id} on ${hosts.join(", ")} was cut off in the middle: apply puts it back first, and plans anew`,
      );
    const { plan } = await lookAtHosts(deployment, options, 8);
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

export function exitOfPlan({ hosts }: DeploymentPlan): number {
  const unseen = hosts.filter(({ state }) => state === "unreachable");
  if (hosts.length > 0 && unseen.length === hosts.length) return exitCodes.failed;
  if (unseen.length > 0) return exitCodes.unknown;
  return hosts.some(({ state }) => state === "changes" || state === "refused")
    ? exitCodes.problems
    : exitCodes.clean;
}
