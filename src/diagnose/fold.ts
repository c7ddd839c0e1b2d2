// Two causes that stand on the same line of the same component are rivals: the better proven one is told, the other is named with it.
import type { Certainty, Rival } from "../model/finding.ts";
import type { RivalDeclaration } from "../model/rule.ts";
import type { Candidate } from "./candidate.ts";
import type { RuleOutcome } from "./evaluate.ts";
import { severityOf } from "./roles.ts";

const rank: Readonly<Record<Certainty, number>> = { proven: 2, likely: 1, possible: 0 };

export interface Folded {
  readonly kept: readonly Candidate[];
  readonly rivals: ReadonlyMap<Candidate, readonly Rival[]>;
}

export function foldRivals(candidates: readonly Candidate[], outcomes: readonly RuleOutcome[]): Folded {
  const beaten = new Map<Candidate, Candidate>();
  for (const candidate of candidates) {
    const better = candidates.find(
      (other) => !beaten.has(other) && competes(candidate, other) && isBetter(other, candidate),
    );
    if (better) beaten.set(candidate, better);
  }
  const kept = candidates.filter((candidate) => !beaten.has(candidate));
  const rivals = new Map<Candidate, Rival[]>();
  for (const candidate of kept) rivals.set(candidate, declaredRivals(candidate, outcomes, kept));
  for (const [loser, winner] of beaten) {
    const list = rivals.get(winner);
    if (!list || list.some((rival) => rival.rule === loser.rule.id)) continue;
    list.push({
      rule: loser.rule.id,
      state: "possible",
      because: `the same line also fits: ${loser.rule.title}`,
      ...decide(loser.draft.decideWith),
    });
  }
  return { kept, rivals };
}

function competes(a: Candidate, b: Candidate): boolean {
  if (a.rule.nature !== "cause" || b.rule.nature !== "cause" || a.rule.id === b.rule.id) return false;
  if (a.component?.id !== b.component?.id) return false;
  // what is merely worth knowing about that line is no rival of what broke
  if ((severityOf(a) === "notice") !== (severityOf(b) === "notice")) return false;
  const [first, second] = [a.proof[0], b.proof[0]];
  return first?.line !== undefined && first.source === second?.source && first.line === second.line;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  // Who accounts for the other is the nearer one, unless it is a mere guess.
  if (accountsFor(a, b) !== accountsFor(b, a)) return accountsFor(a, b);
  const certainty = rank[a.draft.certainty] - rank[b.draft.certainty];
  if (certainty !== 0) return certainty > 0;
  if (a.proof.length !== b.proof.length) return a.proof.length > b.proof.length;
  return a.rule.id < b.rule.id;
}

function accountsFor(a: Candidate, b: Candidate): boolean {
  return a.draft.certainty !== "possible" && (a.rule.explains ?? []).some(({ rule }) => rule === b.rule.id);
}

/** What the rule itself names as look-alikes, with what became of each in this evidence. */
function declaredRivals(
  candidate: Candidate,
  outcomes: readonly RuleOutcome[],
  kept: readonly Candidate[],
): Rival[] {
  const rivals = [...(candidate.draft.rivals ?? [])];
  for (const declared of candidate.rule.rivals ?? []) {
    if (rivals.some((known) => known.rule === declared.rule)) continue;
    const isFoundToo = kept.some(
      (other) => other.rule.id === declared.rule && other.component?.id === candidate.component?.id,
    );
    if (!isFoundToo) rivals.push(judge(declared, outcomes));
  }
  return rivals;
}

function judge(declared: RivalDeclaration, outcomes: readonly RuleOutcome[]): Rival {
  const outcome = outcomes.find((entry) => entry.rule.id === declared.rule);
  if (outcome?.status === "evaluated")
    return { rule: declared.rule, state: "refuted", because: declared.tellApart };
  const command = declared.decideWith ?? outcome?.rule.decideWith;
  return { rule: declared.rule, state: "untestable", because: declared.tellApart, ...decide(command) };
}

function decide(command: string | undefined): { decideWith?: string } {
  return command ? { decideWith: command } : {};
}
