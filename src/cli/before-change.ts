// The one place between a plan and its first change: whatever must be true on the hosts is asked here, and hosts that fail it are left out.

import type { DeploymentPlan } from "../model/deployment.ts";
import type { ImageArchive } from "../model/preflight.ts";
import { batchesOf } from "../plan/deploy/batches.ts";
import { limited } from "../plan/deploy/limited.ts";
import { pullImages } from "../plan/deploy/pull.ts";
import { pushImages } from "../plan/deploy/push-images.ts";
import { archiveFor } from "../plan/preflight/image-archives.ts";
import { stoppedHosts } from "../plan/preflight/run-checks.ts";
import type { HostAccess } from "../plan/transaction/doors.ts";
import type { DeployOptions, RolloutChoice } from "./deploy-options.ts";
import type { Deployment, Seen } from "./deployment.ts";
import { readImageArchives } from "./image-archives.ts";
import { note } from "./output.ts";
import { preflight } from "./preflight-run.ts";

/** By host: why it is left out. */
type Refusals = ReadonlyMap<string, { readonly because: string; readonly remedy?: string }>;

export async function beforeChange(
  deployment: Deployment,
  { plan }: Seen,
  options: DeployOptions & RolloutChoice,
  signal: AbortSignal,
): Promise<DeploymentPlan> {
  const archives = await readImageArchives(options.images, deployment.stack, options.file);
  const notReady = await refusedBeforehand(deployment, plan, archives, options, signal);
  const ready = without(deployment, plan, notReady, options.batch);
  return without(
    deployment,
    ready,
    await brought(deployment, ready, archives, options.parallel),
    options.batch,
  );
}

/** What stands in the way on hosts that are to be changed: they are left out, and the others go on. */
async function refusedBeforehand(
  deployment: Deployment,
  plan: DeploymentPlan,
  archives: readonly ImageArchive[],
  options: DeployOptions,
  signal: AbortSignal,
): Promise<Refusals> {
  const result = await preflight(deployment, archives, options, signal);
  for (const { host, check, state, says, next } of result.results)
    if (state === "warn" || (state === "unknown" && result.accepted))
      note(options, `${host}: ${check}: ${says}${next === undefined ? "" : `\n  next: ${next}`}`);
  const changing = new Set(plan.hosts.flatMap(({ host, state }) => (state === "changes" ? [host] : [])));
  return new Map(
    [...stoppedHosts(result)]
      .filter(([host]) => changing.has(host))
      .map(([host, results]) => {
        const remedy = results.find(({ next }) => next !== undefined)?.next;
        const because = results.map(({ check, says }) => `${check}: ${says}`).join("; ");
        return [host, { because, ...(remedy === undefined ? {} : { remedy }) }];
      }),
  );
}

/** Images are had before anything stops: a host that cannot get one keeps what it has. */
async function brought(
  { doors, desired }: Deployment,
  plan: DeploymentPlan,
  archives: readonly ImageArchive[],
  parallel: number,
): Promise<Refusals> {
  const refused = new Map<string, { because: string; remedy?: string }>();
  await limited(plan.hosts, parallel, async ({ host, state, pulls }) => {
    const access = doors.get(host);
    const runtime = desired.hosts.find(({ name }) => name === host)?.runtime;
    if (!access || state !== "changes" || pulls.length === 0) return;
    const engine = runtime === "podman" ? "podman" : "docker";
    const because =
      (await pushed(access, engine, pulls, archives)) ?? (await pullImages(access, engine, pulls));
    if (because !== undefined)
      refused.set(host, {
        because,
        remedy: `docker save -o images/stack.tar ${pulls.join(" ")}   # where there is a registry; then again with --images images/`,
      });
  });
  return refused;
}

/** Those that a file holds; each file goes to a host once. */
async function pushed(
  access: HostAccess,
  engine: "docker" | "podman",
  images: readonly string[],
  archives: readonly ImageArchive[],
): Promise<string | undefined> {
  const files = new Map<ImageArchive, string[]>();
  for (const image of images) {
    const archive = archiveFor(image, archives);
    if (archive) files.set(archive, [...(files.get(archive) ?? []), image]);
  }
  for (const [archive, own] of files) {
    const because = await pushImages(access, engine, archive, own);
    if (because !== undefined) return because;
  }
  return undefined;
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
