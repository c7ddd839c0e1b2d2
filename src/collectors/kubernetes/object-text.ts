// Messages inside objects (why a container waits, why a condition is false) as text for the rules.
import type { Emit, EmittedText } from "../parser.ts";
import { type ObjectHead, parseTime } from "./object-head.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

/** A termination message may hold the end of the container's log. */
const mostLines = 80;

export function emitMessages(node: TreeNode, head: ObjectHead, emit: Emit): void {
  const status = node.get("status");
  if (!status) return;
  const where = {
    stream: "event" as const,
    ...known({ namespace: head.namespace, pod: head.kind === "Pod" ? head.name : undefined }),
  };
  emitMessage(status.get("message"), where, emit);
  for (const condition of status.get("conditions")?.items() ?? []) {
    const timeMs = parseTime(condition.text("lastTransitionTime"));
    emitMessage(condition.get("message"), { ...where, ...known({ timeMs }) }, emit);
  }
  if (head.kind !== "Pod") return;
  for (const list of ["initContainerStatuses", "containerStatuses"]) {
    for (const item of status.get(list)?.items() ?? []) emitStates(item, where, emit);
  }
}

type Where = Omit<EmittedText, "text" | "line">;

function emitStates(item: TreeNode, where: Where, emit: Emit): void {
  const container = known({ container: item.text("name") });
  for (const state of [item.get("lastState"), item.get("state")]) {
    for (const inner of [state?.get("waiting"), state?.get("terminated")]) {
      const timeMs = parseTime(inner?.text("finishedAt"));
      emitMessage(inner?.get("message"), { ...where, ...container, ...known({ timeMs }) }, emit);
    }
  }
}

function emitMessage(message: TreeNode | undefined, where: Where, emit: Emit): void {
  const text = message?.text();
  if (!message || !text) return;
  const first = message.contentLine;
  for (const [i, line] of text.split("\n").slice(-mostLines).entries()) {
    if (line.trim() === "") continue;
    emit.text({ ...where, text: line.slice(0, 8_000), line: first === undefined ? message.line : first + i });
  }
}
