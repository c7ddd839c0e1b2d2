// The same thing seen several ways (table, describe, object) becomes one fact.
import type { Facts } from "../model/facts.ts";
import { mergeDocker } from "./merge-docker.ts";
import { mergeKubernetes } from "./merge-kubernetes.ts";

export function mergeFacts(facts: Facts): Facts {
  return mergeDocker(mergeKubernetes(facts));
}
