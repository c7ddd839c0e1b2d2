// What Loki's ring says about its members; shared by the rules about live replicas.
import type { RingMember } from "../model/api.ts";
import type { Stack } from "../model/stack.ts";

/** Members that count but do not serve, each once. */
export function ringFaults(members: readonly RingMember[]): readonly RingMember[] {
  const latest = new Map(members.map((member) => [member.id, member]));
  return [...latest.values()].filter((member) => !/^(ACTIVE|LEFT|READONLY)$/i.test(member.state));
}

/** Every part of the system may be the one that fails the ring. */
export function lokiIds(stack: Stack): readonly string[] {
  return stack.components.filter(({ kind }) => kind === "loki").map(({ id }) => id);
}
