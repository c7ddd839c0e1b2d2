// What is expected where nobody declared anything: what was discovered must work.
import type { Expectation } from "../model/expectation.ts";
import type { Facts } from "../model/facts.ts";
import type { Stack } from "../model/stack.ts";
import { inDocker } from "./subjects.ts";

/** Hosts that evidence was taken on or that run a part of the stack in Docker; nodes of a cluster have checks of their own. */
export function discoveredExpectation(facts: Facts, stack: Stack): Expectation {
  const hosts = new Set([
    ...inDocker(stack).flatMap(({ host }) => host ?? []),
    ...facts["docker.engines"].flatMap(({ host }) => host ?? []),
  ]);
  return {
    from: "discovered",
    targets: [],
    hosts: [...hosts].toSorted(),
    absences: [],
    datasources: [],
    dashboards: [],
  };
}
