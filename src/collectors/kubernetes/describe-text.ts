// Messages in described objects as text for the rules.
import type { Pod } from "../../model/kubernetes.ts";
import type { Emit } from "../parser.ts";
import type { Described } from "./describe-container.ts";
import { type Entry, find } from "./describe-tree.ts";

const mostLines = 80;

export function emitConditionText(
  conditions: NonNullable<Pod["conditions"]>,
  where: { readonly namespace?: string; readonly pod?: string },
  emit: Emit,
): void {
  for (const { message, at } of conditions) {
    if (message) emit.text({ text: message, line: at.line ?? 1, stream: "event", ...where });
  }
}

export function emitPodText(pod: Pod, entries: readonly Entry[], text: Described, emit: Emit): void {
  const where = {
    stream: "event" as const,
    ...(pod.namespace === undefined ? {} : { namespace: pod.namespace }),
    ...(pod.name ? { pod: pod.name } : {}),
  };
  const emitMessage = (entry: Entry | undefined, container?: string) => {
    if (!entry) return;
    const more = container === undefined || container === "?" ? {} : { container };
    for (const part of [{ text: entry.value, index: entry.index }, ...entry.children].slice(-mostLines)) {
      if (part.text.trim() !== "") {
        emit.text({
          ...where,
          ...more,
          text: part.text,
          line: text.place({ ...entry, index: part.index }).line ?? 1,
        });
      }
    }
  };
  emitMessage(find(entries, "Message"));
  for (const section of ["Init Containers", "Containers"]) {
    for (const container of find(entries, section)?.children ?? []) {
      for (const key of ["Last State", "State"]) {
        emitMessage(find(find(container.children, key)?.children ?? [], "Message"), container.key);
      }
    }
  }
  emitConditionText(pod.conditions ?? [], where, emit);
}
