// One container of one host seen several ways (ps, inspect, stats, events, compose, `docker run`) becomes one fact; likewise networks and engines.
import type { ConfigDocument } from "../model/config.ts";
import { type DockerContainer, type DockerEngine, type DockerNetwork, isPutAside } from "../model/docker.ts";
import type { Facts } from "../model/facts.ts";
import type { Place } from "../model/place.ts";
import { composeContainers } from "./compose.ts";
import { byDetail, fill } from "./merge-named.ts";

/** Pure; what is not about Docker is handed through. */
export function mergeDocker(facts: Facts): Facts {
  const declared = facts["config.documents"].flatMap(declaredIn);
  return {
    ...facts,
    "docker.containers": mergeContainers([...facts["docker.containers"].filter(isOfStack), ...declared]),
    "docker.networks": groupByHost(facts["docker.networks"], (network) => network.name).map(
      (group): DockerNetwork => group.reduce((base, other) => fill(base, [other])),
    ),
    "docker.engines": groupByHost(facts["docker.engines"], (engine) =>
      engine.isPodman ? "podman" : "docker",
    ).map((group): DockerEngine => combine(group)),
  };
}

function isOfStack({ name, state, statusText }: DockerContainer): boolean {
  return !isPutAside(name) || /^(?:running|up)/i.test(state ?? statusText ?? "");
}

function declaredIn(document: ConfigDocument): DockerContainer[] {
  return document.kind === "compose" && document.parseError === undefined ? composeContainers(document) : [];
}

/** Running containers first, each with what a single declaration adds; then declared ones of which none runs. */
export function mergeContainers(containers: readonly DockerContainer[]): DockerContainer[] {
  const sights = named(containers.filter(({ origin }) => origin === "running"));
  const running = groupByHost(sights, ({ name }) => name).map((group): DockerContainer => combine(group));
  const declared = containers.filter(({ origin }) => origin === "declared");
  const used = new Set<DockerContainer>();
  const merged = running.map((container) => {
    const matching = declared.filter((candidate) => declares(candidate, container));
    const [only] = matching;
    // several declarations may be variants of each other: none of them is taken for this container's own
    if (only === undefined || matching.length > 1) return container;
    used.add(only);
    return { ...overlay(container, only), declared: only };
  });
  return [...merged, ...declared.filter((container) => !used.has(container))];
}

/** An excerpt without a name carries the container's id instead; another sight may know the name to it. */
function named(sights: readonly DockerContainer[]): DockerContainer[] {
  const withName = sights.filter((sight) => sight.id !== undefined && !isIdOf(sight.name, sight.id));
  return sights.map((sight) => {
    const id = sight.id ?? sight.name;
    if (!/^[0-9a-f]{12,64}$/.test(id) || (sight.id !== undefined && !isIdOf(sight.name, sight.id)))
      return sight;
    const known = withName.find((other) => isSameHost(other, sight) && isIdOf(id, other.id ?? "-"));
    return known ? { ...sight, name: known.name } : sight;
  });
}

/** Ids are shown whole or as their first twelve digits. */
function isIdOf(a: string, b: string): boolean {
  return a.length >= 12 && b.length >= 12 && (a.startsWith(b) || b.startsWith(a));
}

function isSameHost(a: { readonly host?: string }, b: { readonly host?: string }): boolean {
  return a.host === undefined || b.host === undefined || a.host === b.host;
}

/** Does the compose service or `docker run` line describe this running container? */
function declares(declared: DockerContainer, running: DockerContainer): boolean {
  if (!isSameHost(declared, running)) return false;
  if (declared.name === running.name) return true;
  const { service, project } = declared;
  if (service === undefined) return false;
  if (running.service !== undefined) {
    return (
      running.service === service &&
      (project === undefined || running.project === undefined || project === running.project)
    );
  }
  // compose names containers <project>-<service>-<number>; v1 wrote underscores
  const parts = /^(.+)[-_](\d{1,4})$/.exec(running.name);
  const rest = parts?.[1] ?? "";
  const isOfService = rest.endsWith(`-${service}`) || rest.endsWith(`_${service}`);
  return isOfService && (project === undefined || rest.slice(0, -service.length - 1) === project);
}

/**
 * Groups by host and name. A sight without host joins the only host that has the name; where several have it, it stays
 * apart. Order: first sight of each.
 */
function groupByHost<T extends { readonly host?: string }>(
  facts: readonly T[],
  nameOf: (fact: T) => string,
): T[][] {
  const hosts = new Map<string, Set<string>>();
  for (const fact of facts) {
    if (fact.host === undefined) continue;
    const known = hosts.get(nameOf(fact));
    if (known) known.add(fact.host);
    else hosts.set(nameOf(fact), new Set([fact.host]));
  }
  const groups = new Map<string, T[]>();
  for (const fact of facts) {
    const known = hosts.get(nameOf(fact));
    const host = fact.host ?? (known?.size === 1 ? [...known][0] : undefined);
    const key = JSON.stringify([host ?? null, nameOf(fact)]);
    const group = groups.get(key);
    if (group) group.push(fact);
    else groups.set(key, [fact]);
  }
  return [...groups.values()];
}

type Sight = { readonly at: Place; readonly fieldsAt?: Readonly<Record<string, Place>> };

/** The most detailed sight, with what only others show. */
function combine<T extends Sight>(group: readonly T[]): T {
  const [base, ...others] = byDetail(group);
  if (!base) throw new Error("nothing to merge");
  return others.reduce(overlay, base);
}

/** `base`, and what it leaves open from `other`; every field keeps the place where it stands. */
function overlay<T extends Sight>(base: T, other: T): T {
  const filled = fill(base, [other]);
  const isTaken = (field: string) => (base as Record<string, unknown>)[field] === undefined;
  const added = Object.entries(other.fieldsAt ?? {}).filter(([field]) => isTaken(field));
  const fieldsAt = { ...Object.fromEntries(added), ...base.fieldsAt };
  return Object.keys(fieldsAt).length > 0 ? { ...filled, fieldsAt } : filled;
}
