// Which steps give a container rights over its host: nobody gets them without a person who was asked for exactly that.
import { isRecord } from "../model/json-value.ts";
import type { Step } from "../model/plan.ts";

/** Keys of compose files, pod templates and the engine that hand out the host. */
const whole: ReadonlySet<string> = new Set(["privileged", "Privileged"]);
const lists = /^(?:cap_add|CapAdd|capabilities|add)$/;
const strong = /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_MODULE|SYS_PTRACE|SYS_RAWIO)$/;

/** What the step would hand out, in words; undefined when it hands out nothing. */
export function rightsGiven(step: Step): string | undefined {
  if (step.do === "edit-document") {
    for (const edit of step.edits) {
      if (edit.op === "remove") continue;
      const given = inValue(edit.value, edit.path.map(String));
      if (given !== undefined) return given;
    }
  }
  if (step.do === "patch-object" || step.do === "recreate-container") {
    for (const { op, path, value } of step.patch) {
      if (op !== "add" && op !== "replace") continue;
      const given = inValue(value, path.split("/"));
      if (given !== undefined) return given;
    }
  }
  return undefined;
}

const deepest = 20;

function inValue(value: unknown, path: readonly string[]): string | undefined {
  if (path.length > deepest) return undefined;
  if (value === true && whole.has(path.at(-1) ?? ""))
    return "it gives the container all rights on the host (privileged)";
  if (typeof value === "string" && strong.test(value) && path.some((key) => lists.test(key)))
    return `it gives the container the right ${value} on the host`;
  const parts: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((item, i) => [String(i), item])
    : isRecord(value)
      ? Object.entries(value)
      : [];
  for (const [key, item] of parts) {
    const given = inValue(item, [...path, key]);
    if (given !== undefined) return given;
  }
  return undefined;
}
