// The one place between a plan and its first change: whatever must be true on the hosts is asked here, and hosts that fail it are left out.

import type { DeploymentPlan } from "../model/deployment.ts";
import { batchesOf } from "../plan/deploy/batches.ts";
import { pullImages } from "../plan/deploy/pull.ts";
import { limited } from "../plan/deploy/rollout.ts";
import type { RolloutChoice } from "./deploy-options.ts";
import type { Deployment, Seen } from "./deployment.ts";

/** By host: why it is left out. */
type Refusals = ReadonlyMap<string, { readonly because: string; readonly remedy?: string }>;

export async function beforeChange(
  deployment: Deployment,
  { plan }: Seen,
  options: RolloutChoice & { readonly quiet?: boolean },
): Promise<DeploymentPlan> {
  return without(deployment, plan, await pulled(deployment, plan, options.parallel), options.batch);
}

/** Images are had before anything stops: a host that cannot get one keeps what it has. */
async function pulled(
  { doors, desired }: Deployment,
  plan: DeploymentPlan,
  parallel: number,
): Promise<Refusals> {
  const refused = new Map<string, { because: string; remedy?: string }>();
  await limited(plan.hosts, parallel, async ({ host, state, pulls }) => {
    const access = doors.get(host);
    const runtime = desired.hosts.find(({ name }) => name === host)?.runtime;
    if (!access || state !== "changes" || pulls.length === 0) return;
    const because = await pullImages(access, runtime === "podman" ? "podman" : "docker", pulls);
    if (because !== undefined)
      refused.set(host, {
        because,
        remedy: `docker save ${pulls.join(" ")} | ssh ${host} docker load   # where there is no registry`,
      });
  });
  return refused;
}

function without(
  { stack }: Deployment,
  plan: DeploymentPlan,
  refused: Refusals,
  batch: number,
): DeploymentPlan {
  if (refused.size === 0) return plan;
  const hosts = plan.hosts.map((host) => {
    const no = refused.get(host.host);
    return no ? { ...host, state: "refused" as const, ...no } : host;
  });
  return { ...plan, hosts, batches: batchesOf(stack, hosts, batch) };
}
