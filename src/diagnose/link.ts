// Links causes to what they account for, each link with its mechanism in words.
import type { Effect, Via } from "../model/rule.ts";
import type { Stack } from "../model/stack.ts";
import type { Candidate } from "./candidate.ts";

export interface CauseLink {
  readonly cause: Candidate;
  readonly symptom: Candidate;
  readonly mechanism: string;
}

/** How far from the origin an effect lies; a symptom is only explained by something nearer to it. */
export const distance: Readonly<Record<Effect, number>> = {
  "host-down": 0,
  down: 1,
  "not-ready": 2,
  unreachable: 3,
  "no-data-in": 4,
  "no-data-out": 4,
  "no-answer": 5,
  none: 6,
};

const effectWords: Readonly<Record<Effect, string>> = {
  "host-down": "its machine does not work",
  down: "it cannot start or keep running",
  "not-ready": "it never becomes ready",
  unreachable: "others cannot connect to it",
  "no-data-in": "it does not get the data it should collect",
  "no-data-out": "it cannot deliver what it has",
  "no-answer": "it does not answer queries",
  none: "it is limited",
};

const viaWords: Readonly<Record<Via, string>> = {
  "same-component": "seen on the same component",
  "client-of": "seen by its client",
  selects: "its Service has no ready address then",
  "runs-on": "seen on what runs there",
  anything: "seen on everything that depends on it",
};

export function linkCauses(candidates: readonly Candidate[], stack: Stack): CauseLink[] {
  const links: CauseLink[] = [];
  for (const symptom of candidates) {
    for (const cause of candidates) {
      if (cause === symptom || cause.rule.nature === "habit") continue;
      const mechanism = mechanismOf(cause, symptom, stack);
      if (mechanism) links.push({ cause, symptom, mechanism });
    }
  }
  return withoutDetours(withoutCycles(links));
}

function mechanismOf(cause: Candidate, symptom: Candidate, stack: Stack): string | undefined {
  const named = cause.rule.explains?.find(
    (entry) => entry.rule === symptom.rule.id && isRelated(cause, symptom, entry.via, stack),
  );
  if (named) return named.mechanism;
  if (symptom.rule.nature === "symptom" && cause.rule.nature === "cause" && sharesProof(cause, symptom)) {
    return "the same line shows the cause and what it brings about";
  }
  const entry = symptom.rule.explainedBy?.find(
    (candidate) =>
      candidate.effect === cause.rule.effect &&
      isNearer(cause, symptom) &&
      isRelated(cause, symptom, candidate.via, stack),
  );
  if (!entry) return undefined;
  return entry.mechanism ?? `${effectWords[cause.rule.effect]}: ${viaWords[entry.via]}`;
}

function isNearer(cause: Candidate, symptom: Candidate): boolean {
  if (cause.rule.nature === "cause" && symptom.rule.nature === "symptom") return true;
  return distance[cause.rule.effect] < distance[symptom.rule.effect];
}

function isRelated(cause: Candidate, symptom: Candidate, via: Via, stack: Stack): boolean {
  if (via === "anything") return true;
  if (via === "same-component") return isSameComponent(cause, symptom);
  if (via === "selects") return isConcerned(symptom, cause);
  if (via === "client-of") return isConcerned(symptom, cause) || isClient(symptom, cause, stack);
  return runsOn(symptom, cause);
}

function isSameComponent(a: Candidate, b: Candidate): boolean {
  if (a.component && b.component) return a.component.id === b.component.id;
  if (a.draft.subject.id === b.draft.subject.id) return true;
  return (
    !a.component &&
    !b.component &&
    a.rule.component === b.rule.component &&
    a.draft.subject.kind === "component"
  );
}

function isConcerned(symptom: Candidate, cause: Candidate): boolean {
  if (cause.component && symptom.concerns.has(cause.component.id)) return true;
  if (symptom.concerns.has(cause.draft.subject.id)) return true;
  return [...cause.concerns].some((id) => symptom.concerns.has(id));
}

/** Without a named peer, the relations of the stack decide who is a client of whom. */
function isClient(symptom: Candidate, cause: Candidate, stack: Stack): boolean {
  if (symptom.concerns.size > 0 || !symptom.component || !cause.component) return false;
  const [client, server] = [symptom.component.id, cause.component.id];
  return stack.relations.some((relation) => relation.from === client && relation.to === server);
}

function runsOn(symptom: Candidate, cause: Candidate): boolean {
  const machine = cause.draft.subject.id;
  if (cause.draft.subject.kind === "cluster") return true;
  const component = symptom.component;
  if (component?.host === machine || component?.pods.some((pod) => pod.node === machine)) return true;
  return symptom.concerns.has(machine) || (cause.component !== undefined && isSameComponent(cause, symptom));
}

function sharesProof(a: Candidate, b: Candidate): boolean {
  return a.proof.some((one) =>
    b.proof.some((other) => one.line !== undefined && one.source === other.source && one.line === other.line),
  );
}

/** Of two findings that explain each other only the first direction (in rule order) stays. */
function withoutCycles(links: readonly CauseLink[]): CauseLink[] {
  const kept: CauseLink[] = [];
  for (const link of links) {
    if (!isReached(kept, link.symptom, link.cause)) kept.push(link);
  }
  return kept;
}

function isReached(links: readonly CauseLink[], from: Candidate, to: Candidate): boolean {
  const seen = new Set<Candidate>();
  const todo = [from];
  for (let next = todo.pop(); next; next = todo.pop()) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    for (const link of links) if (link.cause === next) todo.push(link.symptom);
  }
  return false;
}

/** Drops A→C where A→B→C stands, so that the tree shows each symptom below what directly brings it about. */
function withoutDetours(links: readonly CauseLink[]): CauseLink[] {
  const hasDetour = (link: CauseLink): boolean =>
    links.some(
      (first) =>
        first.cause === link.cause &&
        first.symptom !== link.symptom &&
        links.some((second) => second.cause === first.symptom && second.symptom === link.symptom),
    );
  return links.filter((link) => !hasDetour(link));
}
