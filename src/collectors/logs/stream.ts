// One stream of lines: everything one container (or one unnamed source) wrote, and whose lines they are.
import { type ComponentKind, componentKinds } from "../../model/component.ts";
import { best, certain, type Opinion } from "./component.ts";
import { componentOfName } from "./names.ts";
import type { Speaker } from "./origin.ts";

export interface Stream {
  readonly id: string;
  readonly speaker: Speaker;
  readonly votes: Map<ComponentKind, number>;
}

/** A file name is a hint as good as one telling line. */
const hintWeight = 5;

export function openStream(id: string, speaker: Speaker, hint: string | undefined): Stream {
  const stream: Stream = { id, speaker, votes: new Map() };
  const hinted = componentOfHint(hint);
  if (hinted) stream.votes.set(hinted, hintWeight);
  return stream;
}

export function voteFor(stream: Stream, opinion: Opinion | undefined): void {
  if (!opinion) return;
  stream.votes.set(
    opinion.component,
    (stream.votes.get(opinion.component) ?? 0) + Math.min(opinion.weight, certain),
  );
}

/** The component of a line: what its prefix names, what it says itself, then what its stream says. */
export function componentOf(stream: Stream, opinion: Opinion | undefined): ComponentKind | undefined {
  const { container, process, pod } = stream.speaker;
  const named = componentOfName(container) ?? componentOfName(process);
  if (named) return named;
  if (opinion && opinion.weight >= certain) return opinion.component;
  // A pod has sidecars, so its name counts less than a line that is sure.
  const ofPod = componentOfName(pod);
  if (ofPod && container === undefined) return ofPod;
  const majority = majorityOf(stream);
  if (majority) return majority;
  return opinion && opinion.weight >= 4 ? opinion.component : undefined;
}

/** Undefined when lines of two components stand in one stream: then only a line itself can tell. */
function majorityOf(stream: Stream): ComponentKind | undefined {
  const winner = best(stream.votes);
  if (!winner) return undefined;
  const others = [...stream.votes].filter(([kind]) => kind !== winner.component);
  return others.every(([, weight]) => weight * 3 < winner.weight) ? winner.component : undefined;
}

function componentOfHint(hint: string | undefined): ComponentKind | undefined {
  return componentKinds.find((kind) => kind === hint) ?? componentOfName(hint);
}
