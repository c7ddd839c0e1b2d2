// Who is scraped: every component on every host that can be reached, and the declared jobs. One list for all forms of discovery.
import type { ExpectedTarget } from "../../model/desired.ts";
import { isScraped, pushedKinds } from "../../model/reachability.ts";
import type { DeployedKind, Labels, StackFile, StackHost } from "../../model/stack-file.ts";
import { deployedKinds } from "../../model/stack-file.ts";
import { hostPort } from "../address.ts";
import { hostLabels, sorted } from "../labels.ts";

export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Labels;
}

export interface TargetJob {
  readonly job: string;
  readonly groups: readonly TargetGroup[];
}

/** Jobs of the stack's own components, then the declared ones. */
export function targetJobs(stack: StackFile): readonly TargetJob[] {
  const own = deployedKinds.flatMap((kind) => componentJob(stack, kind));
  const hosts = new Map(stack.hosts.map((host) => [host.name, host]));
  const declared = stack.scrape.map((job): TargetJob => {
    const groups = new Map<string, { targets: string[]; labels: Labels }>();
    let last: { readonly of: Labels; readonly group: { readonly targets: string[] } } | undefined;
    for (const { address, host, labels } of job.targets) {
      // Listed targets without labels of their own share the job's: thousands of them are one group.
      if (host === undefined && labels === last?.of) {
        last.group.targets.push(address);
        continue;
      }
      const of = host === undefined ? undefined : hosts.get(host);
      const all = sorted({ ...(of ? hostLabels(of) : {}), ...labels });
      const key = JSON.stringify(all);
      const group = groups.get(key) ?? { targets: [], labels: all };
      group.targets.push(address);
      groups.set(key, group);
      if (host === undefined) last = { of: labels, group };
    }
    return { job: job.job, groups: [...groups.values()] };
  });
  return [...own, ...declared];
}

function componentJob(stack: StackFile, kind: DeployedKind): readonly TargetJob[] {
  const component = stack.components.find((one) => one.kind === kind);
  if (!component) return [];
  const hosts = stack.hosts.filter(
    (host) => host.components.includes(kind) && isScraped(stack, host, kind) && !host.kubernetes,
  );
  const groups = hosts.map((host) => ({
    targets: [hostPort(host.address, component.port)],
    labels: hostLabels(host),
  }));
  return groups.length === 0 ? [] : [{ job: kind, groups }];
}

/** What must have fresh samples when the stack runs. */
export function expectedTargets(stack: StackFile): readonly ExpectedTarget[] {
  const probes = new Set(stack.scrape.filter((job) => job.probe !== undefined).map((job) => job.job));
  const pulled = targetJobs(stack).flatMap(({ job, groups }) =>
    groups.flatMap(({ targets, labels }) =>
      targets.map(
        (instance): ExpectedTarget => ({
          job,
          instance,
          labels,
          ...(labels.host === undefined ? {} : { host: labels.host }),
          optional: labels.presence === "sleeping" || probes.has(job),
          way: "pull",
        }),
      ),
    ),
  );
  return [...pulled, ...stack.hosts.flatMap((host) => pushedTargets(stack, host))];
}

/** What a host's agent reads at home and pushes, because nobody else can scrape it. */
export function pushedTargets(stack: StackFile, host: StackHost): readonly ExpectedTarget[] {
  const kinds = pushedKinds(stack, host);
  if (kinds.length === 0) return [];
  return stack.components
    .filter((one) => kinds.includes(one.kind))
    .map(({ kind, port }) => ({
      job: kind,
      instance: `${host.name}:${port}`,
      host: host.name,
      labels: hostLabels(host),
      optional: host.absence?.kind === "sleeping",
      way: "push" as const,
    }));
}
