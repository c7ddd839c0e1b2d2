// How logs leave a host: what its agent reads and where it pushes, as its configuration says.
import type { CanaryWays } from "../model/canary.ts";
import type { Component, Stack } from "../model/stack.ts";
import { readAlloyConfig } from "./alloy-config.ts";
import { readPromtailConfig } from "./promtail-config.ts";

export interface LogRoute {
  readonly host: string;
  /** Id of the agent. */
  readonly agent: string;
  readonly ways: CanaryWays;
  /** Where it pushes to, with tenant where one is set. */
  readonly pushes: readonly { readonly url: string; readonly tenant?: string }[];
}

/** Agents on hosts; on Kubernetes lines take other ways. */
export function logRoutes(stack: Stack): LogRoute[] {
  return stack.components.flatMap((component) => {
    if (component.kind !== "promtail" && component.kind !== "alloy") return [];
    if (component.host === undefined || component.pods.length > 0) return [];
    const read = component.kind === "promtail" ? promtailRoute(component) : alloyRoute(component);
    return read === undefined ? [] : [{ host: component.host, agent: component.id, ...read }];
  });
}

/** Where the agents of a cluster push to. */
export function clusterPushes(stack: Stack): LogRoute["pushes"] {
  return stack.components.flatMap((component) => {
    if (component.pods.length === 0) return [];
    if (component.kind === "promtail") return promtailRoute(component)?.pushes ?? [];
    return component.kind === "alloy" ? (alloyRoute(component)?.pushes ?? []) : [];
  });
}

type Read = Pick<LogRoute, "ways" | "pushes">;

function promtailRoute(component: Component): Read | undefined {
  const configs = component.configs.filter(({ kind }) => kind === "promtail").map(readPromtailConfig);
  if (configs.length === 0) return undefined;
  const jobs = configs.flatMap((config) => config.jobs);
  const sources = new Set(jobs.flatMap((job) => job.sources));
  return {
    ways: waysOf(component, {
      journal: sources.has("journal"),
      docker: sources.has("docker"),
      paths: jobs.flatMap((job) => job.paths.map(({ value }) => value)),
    }),
    pushes: configs.flatMap((config) =>
      config.clients.flatMap(({ url, tenant }) =>
        url ? [{ url: url.value, ...(tenant ? { tenant: tenant.value } : {}) }] : [],
      ),
    ),
  };
}

function alloyRoute(component: Component): Read | undefined {
  const configs = component.configs.filter(({ kind }) => kind === "alloy").map(readAlloyConfig);
  if (configs.length === 0) return undefined;
  const names = new Set(configs.flatMap((config) => config.sources.map(({ name }) => name)));
  return {
    ways: waysOf(component, {
      journal: names.has("loki.source.journal"),
      docker: names.has("loki.source.docker"),
      paths: configs.flatMap((config) => config.paths.map(({ value }) => value)),
    }),
    pushes: configs.flatMap((config) =>
      config.pushes.filter(({ kind }) => kind === "loki").map(({ url }) => ({ url: url.value })),
    ),
  };
}

function waysOf(
  component: Component,
  reads: { readonly journal: boolean; readonly docker: boolean; readonly paths: readonly string[] },
): CanaryWays {
  return {
    journal: reads.journal,
    containers:
      (reads.docker || reads.paths.some(isOfPodman)) && component.docker ? [component.docker.name] : [],
    files: [...new Set(reads.paths.flatMap((path) => fileFor(path, component) ?? []))].slice(0, 3),
  };
}

/** Podman's own files of what containers say; a line gets there through a container. */
function isOfPodman(path: string): boolean {
  return /\/overlay-containers\/[^/]*\/userdata\/ctr\.log$/.test(path);
}

/** A file of our own that the pattern matches: `/var/log/app/*.log` gives `/var/log/app/watchmend-canary.log` on the host. */
function fileFor(pattern: string, component: Component): string | undefined {
  const cut = pattern.lastIndexOf("/");
  const [folder, name] = [pattern.slice(0, cut), pattern.slice(cut + 1)];
  // a folder of unknown name, or one file that is somebody's
  if (cut < 1 || /[*?[{]/.test(folder) || !/^[^*?[\]{}]*\*[^*?[\]{}]*$/.test(name)) return undefined;
  const onHost = hostFolder(folder, component);
  return onHost === undefined ? undefined : `${onHost}/${name.replace("*", "watchmend-canary")}`;
}

function hostFolder(folder: string, { docker }: Component): string | undefined {
  if (docker === undefined) return folder;
  const mount = (docker.mounts ?? [])
    .filter(({ target }) => folder === target || folder.startsWith(target === "/" ? "/" : `${target}/`))
    .toSorted((a, b) => b.target.length - a.target.length)[0];
  if (!mount?.source?.startsWith("/")) return undefined;
  return `${mount.source}${folder.slice(mount.target.replace(/\/$/, "").length)}`.replaceAll(/\/{2,}/g, "/");
}
