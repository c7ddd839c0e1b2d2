// What a line told of is over: the pod has started since, or a later line of the stream shows success.
import type { Pod } from "../model/kubernetes.ts";
import type { CompiledPattern } from "../model/pattern.ts";
import type { StartPhase } from "../model/rule.ts";
import type { Stack } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";
import { matches } from "./line-match.ts";
import type { TextHit } from "./text-hit.ts";

/** What must be over before a container can run at all. */
const beforeStart: ReadonlySet<string | undefined> = new Set<StartPhase>([
  "schedule",
  "volume",
  "image",
  "init",
]);

/** What events say kept a pod from starting is over when it has started, or is Ready: events stay for an hour. */
export function isOver({ lines }: TextHit, phase: StartPhase | undefined, stack: Stack): boolean {
  if (lines.some(({ stream, pod }) => stream !== "event" || pod === undefined)) return false;
  const fine = (pod: Pod): boolean => pod.ready === true || (beforeStart.has(phase) && hasStarted(pod));
  const pods = stack.components.flatMap((component) =>
    component.pods.filter(({ origin }) => origin === "live"),
  );
  return lines.every((line) =>
    pods.some(
      (pod) => pod.name === line.pod && (pod.namespace ?? "") === (line.namespace ?? "") && fine(pod),
    ),
  );
}

function hasStarted({ spec }: Pod): boolean {
  return (spec?.containers ?? []).some(
    ({ init, state }) => !init && (state?.state === "running" || state?.state === "terminated"),
  );
}

/** The last hit of every stream was followed by a line that shows success. */
export function hasRecovered(
  hit: TextHit,
  all: readonly TextLine[],
  recovered: readonly CompiledPattern[],
): boolean {
  if (recovered.length === 0) return false;
  const streams = new Set(hit.lines.map((line) => line.streamId));
  return [...streams].every((stream) => {
    const last = hit.lines.reduce(
      (latest, line) => (line.streamId === stream ? Math.max(latest, line.index) : latest),
      Number.NEGATIVE_INFINITY,
    );
    return all.some((line) => line.streamId === stream && line.index > last && matches(recovered, line));
  });
}
