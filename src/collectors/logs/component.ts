// Whose line is it: judged from what the line says, line by line and over a whole stream.
import type { ComponentKind } from "../../model/component.ts";
import { fieldClues } from "./clues/fields.ts";
import { fileClues } from "./clues/files.ts";
import { textClues } from "./clues/texts.ts";
import { componentOfName } from "./names.ts";
import type { LogRecord } from "./record.ts";

/** From 1 (one of several candidates) to 10 (only this component writes it). */
export interface Opinion {
  readonly component: ComponentKind;
  readonly weight: number;
}

/** A line this sure of its component overrules what the rest of its stream says. */
export const certain = 8;

/** What a single line tells about its writer; undefined when it tells nothing. */
export function opinionOf(record: LogRecord, text: string, process?: string): Opinion | undefined {
  const votes = new Map<ComponentKind, number>();
  const vote = (component: ComponentKind, weight: number): void => {
    votes.set(component, (votes.get(component) ?? 0) + weight);
  };
  // systemd's own children speak for the unit too, named in brackets: `(rometheus)`
  const isManager = process === "systemd" || /^\([^)]*\)$/.test(process ?? "");
  const named = componentOfName(isManager ? unitOf(text) : process) ?? componentOfName(exitedName(text));
  if (named) vote(named, certain);
  for (const [component, weight] of fieldVotes(record)) vote(component, weight);
  for (const [component, weight] of fileClues(record)) vote(component, weight);
  const head = text.length > 4_000 ? text.slice(0, 4_000) : text;
  for (const [regex, component, weight] of textClues) if (regex.test(head)) vote(component, weight);
  return best(votes);
}

/** systemd speaks about units: `loki.service: Failed with result 'exit-code'.`, `Started Promtail service.` */
function unitOf(text: string): string | undefined {
  return /^([\w.@-]{1,100})\.service: |^(?:Started|Starting|Stopped|Stopping|Failed to start) (.{1,100})/
    .exec(text)
    ?.slice(1)
    .find(Boolean);
}

/** Compose: `grafana exited with code 1`, `grafana-1 exited with code 1 (restarting)`. */
function exitedName(text: string): string | undefined {
  return /^(?:container )?([\w.-]{1,100}) exited with code \d/i.exec(text)?.[1];
}

function fieldVotes(record: LogRecord): readonly (readonly [ComponentKind, number])[] {
  const votes: [ComponentKind, number][] = [];
  for (const [component, weight, holds] of fieldClues) {
    if (holds(record.fields ?? {}, record.components ?? [])) votes.push([component, weight]);
  }
  return votes;
}

/** The component with most votes; none when the two best are equal. */
export function best(votes: ReadonlyMap<ComponentKind, number>): Opinion | undefined {
  let first: Opinion | undefined;
  let second = 0;
  for (const [component, weight] of votes) {
    if (!first || weight > first.weight) {
      second = first?.weight ?? 0;
      first = { component, weight };
    } else second = Math.max(second, weight);
  }
  return first && first.weight > second ? first : undefined;
}
