// Several sights of one named thing (table, describe, object, manifest) become one, field by field.
import type { Origin } from "../model/kubernetes.ts";

export interface Named {
  readonly namespace?: string;
  readonly name: string;
}

/**
 * Groups by namespace and name. A sight without namespace (a table of the current namespace) joins the only namespace
 * that has the name; where several have it, it stays apart. Order: first sight of each.
 */
export function groupByName<T extends Named>(
  facts: readonly T[],
  kindOf: (fact: T) => string = () => "",
): T[][] {
  const spaces = new Map<string, Set<string>>();
  for (const fact of facts) {
    if (fact.namespace === undefined) continue;
    const key = `${kindOf(fact)}/${fact.name}`;
    const known = spaces.get(key);
    if (known) known.add(fact.namespace);
    else spaces.set(key, new Set([fact.namespace]));
  }
  const groups = new Map<string, T[]>();
  for (const fact of facts) {
    const known = fact.namespace === undefined ? spaces.get(`${kindOf(fact)}/${fact.name}`) : undefined;
    const namespace = fact.namespace ?? (known?.size === 1 ? [...known][0] : undefined);
    const key = `${kindOf(fact)}/${namespace ?? ""}/${fact.name}`;
    const group = groups.get(key);
    if (group) group.push(fact);
    else groups.set(key, [fact]);
  }
  return [...groups.values()];
}

/** How much a sight tells; an object tells more than describe, describe more than a table row. */
export function detail(fact: object): number {
  let score = 0;
  for (const [key, value] of Object.entries(fact)) {
    if (value === undefined) continue;
    score += 1;
    if (key === "spec" && typeof value === "object" && value !== null) score += 10 + detail(value);
    else if (key === "security") score += 5;
  }
  return score;
}

/** The most detailed first; among equals the one read last, which is more often the newer one. */
export function byDetail<T extends object>(facts: readonly T[]): readonly T[] {
  return facts
    .map((fact, i) => ({ fact, i, score: detail(fact) }))
    .sort((a, b) => b.score - a.score || b.i - a.i)
    .map(({ fact }) => fact);
}

/** Fields of `base`, and from the others in turn what `base` does not have. */
export function fill<T extends object>(base: T, others: readonly T[]): T {
  const result: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const other of others) {
    for (const [key, value] of Object.entries(other)) {
      if (value !== undefined && result[key] === undefined) result[key] = value;
    }
  }
  return result as T;
}

/**
 * Live sights of one thing become one. A manifest of the same name fills in what no live sight shows, when there is only
 * one; several manifests may be variants of each other and stay as they are.
 */
export function mergeSights<T extends { readonly origin: Origin }>(
  group: readonly T[],
  merge: (sights: readonly T[]) => T,
): readonly T[] {
  if (group.length === 1) return group;
  const live = group.filter((fact) => fact.origin === "live");
  const manifests = group.filter((fact) => fact.origin === "manifest");
  const [manifest] = manifests;
  if (live.length === 0 || !manifest) return live.length === 0 ? manifests : [merge(byDetail(live))];
  const merged = merge(byDetail(live));
  return manifests.length === 1 ? [merge([merged, manifest])] : [merged, ...manifests];
}
