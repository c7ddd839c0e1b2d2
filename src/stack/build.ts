// Facts to stack: the one entry the engine uses.
import type { Facts } from "../model/facts.ts";
import type { Stack } from "../model/stack.ts";
import { discoverComponents } from "./discover.ts";
import { relate } from "./relations.ts";

/** Pure: the same facts give the same stack, in the same order. */
export function buildStack(facts: Facts): Stack {
  const components = discoverComponents(facts);
  return { components, relations: relate(components, facts) };
}
