// More memory or more time for a workload's container, as fixes of its pod template.
import { isRecord } from "../model/json-value.ts";
import type { DocumentEdit, Step } from "../model/plan.ts";
import type { Component } from "../model/stack.ts";
import { numberAt, textAt, valueAt } from "../stack/config-value.ts";
import { parseBytes } from "../stack/quantity.ts";
import type { Path } from "../stack/setting.ts";
import { changeObject, containerAt, type ObjectFacts } from "./change-object.ts";

const mebibyte = 1024 ** 2;

/** Twice what it was, and at least `least`; more than half of the largest node is a person's decision. */
export function raiseMemoryLimit(
  component: Component | undefined,
  facts: ObjectFacts,
  least: number,
): readonly Step[] {
  const nodes = (facts["kubernetes.objects"] ?? []).filter(({ kind }) => kind === "Node");
  const largest = Math.max(
    0,
    ...nodes.map(({ value }) => parseBytes(textAt(value, "status", "allocatable", "memory") ?? "") ?? 0),
  );
  return changeTemplate(component, facts, "Raise the memory limit", (value, at) => {
    const path = [...at, "resources", "limits", "memory"];
    const stands = textAt(value, ...path);
    const bytes = parseBytes(stands ?? "");
    if (stands === undefined || bytes === undefined || bytes <= 0) return [];
    const wanted = Math.max(bytes * 2, least);
    if (largest > 0 && wanted > largest / 2) return [];
    return [{ op: "replace", path, value: `${Math.ceil(wanted / mebibyte)}Mi`, expect: stands }];
  });
}

/** A startup probe that allows so much, with the question of the probe that kills. */
export function allowStart(
  component: Component | undefined,
  facts: ObjectFacts,
  seconds: number,
): readonly Step[] {
  return changeTemplate(component, facts, `Allow the start ${seconds / 60} minutes`, (value, at) => {
    const startup = valueAt(value, ...at, "startupProbe");
    if (isRecord(startup)) {
      const period = numberAt(startup, "periodSeconds") ?? 10;
      const stands = numberAt(startup, "failureThreshold");
      const wanted = Math.ceil(seconds / period);
      return stands !== undefined && stands >= wanted
        ? []
        : [{ op: "set", path: [...at, "startupProbe", "failureThreshold"], value: wanted }];
    }
    const liveness = valueAt(value, ...at, "livenessProbe");
    if (!isRecord(liveness)) return [];
    const { httpGet, tcpSocket, exec, grpc } = liveness;
    const question = Object.entries({ httpGet, tcpSocket, exec, grpc }).filter(
      ([, asked]) => asked !== undefined,
    );
    const probe = {
      ...Object.fromEntries(question),
      periodSeconds: 10,
      failureThreshold: Math.ceil(seconds / 10),
    };
    return [{ op: "set", path: [...at, "startupProbe"], value: probe }];
  });
}

/** Not of workloads that something else writes: an operator would write them again as they were. */
function changeTemplate(
  component: Component | undefined,
  facts: ObjectFacts,
  title: string,
  edits: (value: unknown, container: Path) => readonly DocumentEdit[],
): readonly Step[] {
  const { workload, container, name } = component ?? {};
  if (!workload) return [];
  return changeObject(facts, workload, `${title} of ${name}`, (value) => {
    if (valueAt(value, "metadata", "ownerReferences") !== undefined) return [];
    const at = containerAt(value, container?.name);
    return at ? edits(value, at) : [];
  });
}
