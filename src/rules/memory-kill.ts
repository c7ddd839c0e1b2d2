// Was this component killed for its memory? From pod states, Docker's inspect, events and the kernel's log.

import type { CompiledPattern } from "../model/pattern.ts";
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";
import { matches } from "./line-match.ts";

export interface MemoryKill {
  readonly at: Place;
  readonly excerpt?: string;
}

export function oomKilled(
  component: Component,
  lines: readonly TextLine[],
  kernel: readonly CompiledPattern[],
): MemoryKill | undefined {
  for (const pod of component.pods) {
    if (/OOMKilled/.test(pod.statusText ?? "")) return { at: pod.at };
    for (const container of pod.spec?.containers ?? []) {
      if (component.container && container.name !== component.container.name) continue;
      const state = [container.lastState, container.state].find((entry) => entry?.reason === "OOMKilled");
      if (state) return { at: state.at };
    }
  }
  if (component.docker?.oomKilled) return { at: component.docker.at };
  if (hasRunThrough(component)) return undefined;
  const program = component.kind.replace("node-exporter", "node_exporter");
  const line = lines.findLast(
    (entry) =>
      matches(kernel, entry) &&
      (entry.host === undefined || component.host === undefined || entry.host === component.host) &&
      (entry.component === component.kind ||
        entry.text.includes(`(${program})`) ||
        (/OOM ?Kill/i.test(entry.text) && namesIt(entry.text, component))),
  );
  return line ? { at: line.at, excerpt: line.text } : undefined;
}

/** The kernel's log keeps kills for months, of all containers on the machine: this one was never killed. */
function hasRunThrough({ docker, pods }: Component): boolean {
  if (docker) return docker.oomKilled === false && docker.state === "running" && docker.restartCount === 0;
  return pods.length > 0 && pods.every((pod) => pod.ready === true && pod.restarts === 0);
}

/** Log lines carry the name as it is; in a sentence it is a word with a capital, `The Prometheus pod was OOM killed`. */
function namesIt(text: string, component: Component): boolean {
  return text.includes(component.name) || text.toLowerCase().includes(component.kind);
}
