// The same event seen in a table, in describe and as an object becomes one; so do the lines of text made from them.
import type { KubernetesEvent } from "../model/kubernetes.ts";
import type { TextLine } from "../model/text.ts";

/** Same object, reason and message: one event, with the highest count and the latest time. */
export function mergeEvents(events: readonly KubernetesEvent[]): readonly KubernetesEvent[] {
  const groups = new Map<string, KubernetesEvent[]>();
  for (const event of events) {
    const key = `${event.reason}\n${event.message}`;
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()].flatMap(mergeAlike);
}

/** Events with the same words: those about the same object are one. */
function mergeAlike(events: readonly KubernetesEvent[]): readonly KubernetesEvent[] {
  const merged: KubernetesEvent[] = [];
  const byName = new Map<string, number[]>();
  for (const event of [...events].sort((a, b) => certainty(b) - certainty(a))) {
    const near = event.name === "" ? merged.map((_, i) => i).slice(0, 2) : (byName.get(event.name) ?? []);
    const candidates = near.filter((i) => isSameObject(merged[i], event));
    const [at] = candidates;
    const same = at === undefined ? undefined : merged[at];
    if (at !== undefined && same && candidates.length === 1) merged[at] = join(same, event);
    else {
      byName.set(event.name, [...(byName.get(event.name) ?? []), merged.length]);
      merged.push(event);
    }
  }
  return merged;
}

function certainty(event: KubernetesEvent): number {
  return (event.name === "" ? 0 : 2) + (event.namespace === undefined ? 0 : 1);
}

function isSameObject(a: KubernetesEvent | undefined, b: KubernetesEvent): boolean {
  if (!a) return false;
  if (a.name !== b.name && b.name !== "") return false;
  if (a.objectKind && b.objectKind && a.objectKind !== b.objectKind) return false;
  return !(a.namespace && b.namespace && a.namespace !== b.namespace);
}

function join(a: KubernetesEvent, b: KubernetesEvent): KubernetesEvent {
  const shown = (b.count ?? 1) > (a.count ?? 1) ? { ...a, at: b.at } : a;
  return {
    ...b,
    ...shown,
    ...pick("count", Math.max, a, b),
    ...pick("lastSeenMs", Math.max, a, b),
    ...pick("lastSeenSecondsAgo", Math.min, a, b),
    ...pick("firstSeenSecondsAgo", Math.max, a, b),
  };
}

type NumberField = "count" | "lastSeenMs" | "lastSeenSecondsAgo" | "firstSeenSecondsAgo";

function pick(
  field: NumberField,
  choose: (...numbers: number[]) => number,
  a: KubernetesEvent,
  b: KubernetesEvent,
): Partial<Record<NumberField, number>> {
  const numbers = [a[field], b[field]].filter((number) => number !== undefined);
  return numbers.length === 0 ? {} : { [field]: choose(...numbers) };
}

/** Lines of one stream add up; the same line in several streams was read several times, so only the fullest stream counts. */
export function mergeEventLines(lines: readonly TextLine[]): readonly TextLine[] {
  const totals = new Map<string, Map<string, number>>();
  for (const line of lines) {
    if (line.stream !== "event") continue;
    const streams = totals.get(keyOf(line)) ?? new Map<string, number>();
    streams.set(line.streamId, (streams.get(line.streamId) ?? 0) + (line.count ?? 1));
    totals.set(keyOf(line), streams);
  }
  const chosen = new Map<string, string>();
  for (const [key, streams] of totals) {
    const [first] = [...streams].sort((a, b) => b[1] - a[1]);
    if (first) chosen.set(key, first[0]);
  }
  return lines.filter((line) => line.stream !== "event" || chosen.get(keyOf(line)) === line.streamId);
}

function keyOf(line: TextLine): string {
  return `${line.pod ?? ""}\n${line.text}`;
}
