// The API's own error answer (kind: Status) as a gap.

import type { Unavailable } from "../../model/evidence.ts";
import type { Emit } from "../parser.ts";
import type { KubectlCommand } from "./kubectl-command.ts";
import type { TreeNode } from "./tree.ts";

const causes: Readonly<Record<string, Unavailable>> = {
  Forbidden: "forbidden",
  Unauthorized: "forbidden",
  NotFound: "absent",
  Timeout: "timed-out",
  ServerTimeout: "timed-out",
  ServiceUnavailable: "unreachable",
};

export function emitStatusAnswer(root: TreeNode, command: KubectlCommand | undefined, emit: Emit): boolean {
  if (root.text("status") === "Success") return true;
  const message = root.text("message") ?? "";
  emit.gap({
    what: command?.types[0]?.kind ?? root.text("details", "kind") ?? "the Kubernetes API",
    because: causes[root.text("reason") ?? ""] ?? "unreadable",
    detail: message.slice(0, 500),
    at: root.at,
  });
  if (message) emit.text({ text: message, line: root.get("message")?.line ?? root.line, stream: "answer" });
  return true;
}
