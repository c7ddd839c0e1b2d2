// A table without NAMESPACE column lists one namespace: where one of its rows tells which, all of them are in it.
import type { Place } from "../model/place.ts";
import type { Named } from "./merge-named.ts";

type Row = Named & { readonly at: Place };

/** Namespaces by name, of everything that says where it is. */
export function namespacesByName(facts: readonly Named[]): ReadonlyMap<string, ReadonlySet<string>> {
  const spaces = new Map<string, Set<string>>();
  for (const { name, namespace } of facts) {
    if (namespace === undefined) continue;
    const known = spaces.get(name);
    if (known) known.add(namespace);
    else spaces.set(name, new Set([namespace]));
  }
  return spaces;
}

/** Rows of one table stand on consecutive lines of one source. */
export function spreadNamespace<T extends Row>(
  facts: readonly T[],
  known: ReadonlyMap<string, ReadonlySet<string>> = namespacesByName(facts),
): readonly T[] {
  if (known.size === 0 || facts.every((fact) => fact.namespace !== undefined)) return facts;
  return tables(facts).flatMap((table) => {
    if (table.some((row) => row.namespace !== undefined)) return table;
    const told = new Set<string>();
    for (const row of table) {
      const spaces = known.get(row.name);
      if (spaces?.size === 1) for (const space of spaces) told.add(space);
    }
    const [namespace] = told;
    return told.size === 1 && namespace !== undefined ? table.map((row) => ({ ...row, namespace })) : table;
  });
}

function tables<T extends Row>(facts: readonly T[]): T[][] {
  const runs: T[][] = [];
  let last: T | undefined;
  for (const fact of facts) {
    const run = runs.at(-1);
    const isNext =
      last !== undefined &&
      last.at.source === fact.at.source &&
      last.namespace === fact.namespace &&
      (fact.at.line ?? 0) - (last.at.line ?? 0) === 1;
    if (run && isNext) run.push(fact);
    else runs.push([fact]);
    last = fact;
  }
  return runs;
}
