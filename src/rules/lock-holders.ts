// Who may hold the TSDB lock: replica counts from workloads and chart values, two ReplicaSets in a pod table, prose.
import type { Facts } from "../model/facts.ts";
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";
import { numberAt, placeOf } from "../stack/config-value.ts";
import type { Confirmation } from "./text-rule.ts";

type Needed = Pick<Facts, "kubernetes.workloads" | "config.documents">;

export interface SharedVolume {
  readonly name: string;
  readonly replicas: number;
  readonly at: Place;
}

/** Replicas of a Deployment (which cannot give each its own claim), from the object or from chart values. */
export function sharedVolumeOwners(
  component: Component | undefined,
  facts: Needed,
): SharedVolume | undefined {
  const workload =
    component?.workload ??
    facts["kubernetes.workloads"].find(
      (entry) => /prometheus/.test(entry.name) && entry.kind === "Deployment",
    );
  if (workload?.kind === "Deployment" && workload.desired !== undefined)
    return { name: workload.name, replicas: workload.desired, at: workload.at };
  if (workload?.kind === "StatefulSet" && workload.volumeClaimTemplates?.length)
    return { name: workload.name, replicas: 1, at: workload.at };
  for (const document of facts["config.documents"]) {
    for (const path of [
      ["server", "replicaCount"],
      ["replicaCount"],
      ["prometheus", "server", "replicaCount"],
    ]) {
      const replicas = numberAt(document.value, ...path);
      if (replicas !== undefined)
        return { name: "the chart's server Deployment", replicas, at: placeOf(document, ...path) };
    }
  }
  return undefined;
}

/** A reporter's own words: "only when the pod count is more than 1", "with 2 replicas". */
export function mentionsReplicas(lines: readonly TextLine[]): Confirmation | undefined {
  const said = lines.find(
    (line) =>
      line.stream === "note" &&
      /more than (1|one) (pod|replica)|pod count is more than 1|\b[2-9] replicas\b|replicas?(Count)?\s*[:=]\s*[2-9]\b|second instance/i.test(
        line.text,
      ),
  );
  return said ? { holds: true, certainty: "likely", proof: [{ ...said.at, excerpt: said.text }] } : undefined;
}
