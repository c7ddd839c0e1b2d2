// Since when a component is served by its Service: what failed before that may have been its start, and is over.
import type { Component } from "../model/stack.ts";

/** Milliseconds since 1970; undefined when a pod is not Ready, or the evidence does not show since when. */
export function readySince({ pods }: Component): number | undefined {
  const times = pods
    .filter((pod) => pod.origin === "live" && pod.phase !== "Succeeded")
    .map((pod) =>
      pod.ready === true
        ? pod.conditions?.find((condition) => condition.type === "Ready" && condition.status === "True")
            ?.sinceMs
        : undefined,
    );
  if (times.length === 0) return undefined;
  let latest = 0;
  for (const time of times) {
    if (time === undefined) return undefined;
    latest = Math.max(latest, time);
  }
  return latest;
}
