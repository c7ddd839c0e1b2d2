// What Loki's ring says about its members; shared by the rules about live replicas.
import type { RingMember } from "../model/api.ts";
import type { Stack } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";

/** Members that count but do not serve, each once. */
export function ringFaults(members: readonly RingMember[]): readonly RingMember[] {
  const latest = new Map(members.map((member) => [member.id, member]));
  return [...latest.values()].filter((member) => !/^(ACTIVE|LEFT|READONLY)$/i.test(member.state));
}

/** Every part of the system may be the one that fails the ring. */
export function lokiIds(stack: Stack): readonly string[] {
  return stack.components.filter(({ kind }) => kind === "loki").map(({ id }) => id);
}

/** Lines that tell of a start; for `texts` of rules that leave out what belongs to it. */
export const startTexts = [
  'msg="Starting Loki"',
  "Loki started",
  "instance state from JOINING to ACTIVE",
] as const;

const settleMs = 60_000;

/**
 * By design an ingester counts as alive some seconds after its start: hits that all lie within a minute after one, or before
 * the process said that it is up, are no fault.
 */
export function belongsToStart(hits: readonly TextLine[], all: readonly TextLine[]): boolean {
  const times = hits.flatMap(({ timeMs }) => timeMs ?? []);
  if (times.length !== hits.length || times.length === 0) return false;
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const marks = all.filter(({ text }) =>
    /Starting Loki|Loki started|from JOINING to ACTIVE/.test(text.slice(0, 2_000)),
  );
  return marks.some(
    ({ timeMs, text }) =>
      timeMs !== undefined &&
      (/Starting Loki/.test(text)
        ? first >= timeMs && last - timeMs <= settleMs
        : last <= timeMs && timeMs - first <= settleMs),
  );
}
