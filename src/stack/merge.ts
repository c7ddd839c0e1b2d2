// The same thing seen several ways (table, describe, object) becomes one fact.
import type { Facts } from "../model/facts.ts";
import { mergeKubernetes } from "./merge-kubernetes.ts";

export function mergeFacts(facts: Facts): Facts {
  return mergeKubernetes(facts);
}
