// Candidates to the ordered findings of the report.
import type { FactSet } from "../model/facts.ts";
import type { Certainty, Finding, Rival, Role, Severity } from "../model/finding.ts";
import type { Stack } from "../model/stack.ts";
import type { Candidate } from "./candidate.ts";
import { type CauseLink, distance } from "./link.ts";
import { roleOf, severityOf } from "./roles.ts";
import { settlingCommand } from "./settle.ts";

const roleRank: Readonly<Record<Role, number>> = { root: 0, latent: 1, symptom: 2, notice: 3 };
const severityRank: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, notice: 2 };
const certaintyRank: Readonly<Record<Certainty, number>> = { proven: 0, likely: 1, possible: 2 };

export function assembleFindings(
  candidates: readonly Candidate[],
  links: readonly CauseLink[],
  rivals: ReadonlyMap<Candidate, readonly Rival[]>,
  factSet: FactSet,
  stack: Stack,
): Finding[] {
  const { facts } = factSet;
  const findings = candidates.map((candidate) => {
    const fix = candidate.rule.fix?.(candidate.draft, facts, stack);
    const decideWith = settlingCommand(candidate, { factSet, stack });
    const finding: Finding = {
      id: candidate.id,
      rule: candidate.rule.id,
      role: roleOf(candidate, links, candidates),
      severity: severityOf(candidate),
      certainty: candidate.draft.certainty,
      component: candidate.component?.kind ?? candidate.rule.component,
      layer: candidate.rule.layer,
      subject: candidate.draft.subject,
      title: candidate.rule.title,
      says: candidate.draft.says,
      proof: candidate.proof,
      explains: links.filter((link) => link.cause === candidate).map((link) => link.symptom.id),
      explainedBy: links.filter((link) => link.symptom === candidate).map((link) => link.cause.id),
      rivals: rivals.get(candidate) ?? [],
      ...(decideWith ? { decideWith } : {}),
      ...(fix ? { fix } : {}),
    };
    return finding;
  });
  const reach = new Map(findings.map((finding) => [finding.id, countBelow(finding.id, findings)]));
  const depth = new Map(candidates.map((candidate) => [candidate.id, distance[candidate.rule.effect]]));
  return findings.sort((a, b) => compare(a, b, reach, depth));
}

/** Roots first, by severity, then by how many symptoms fall away with them; what does not run before what is not ready. */
function compare(
  a: Finding,
  b: Finding,
  reach: ReadonlyMap<string, number>,
  depth: ReadonlyMap<string, number>,
): number {
  return (
    roleRank[a.role] - roleRank[b.role] ||
    severityRank[a.severity] - severityRank[b.severity] ||
    (reach.get(b.id) ?? 0) - (reach.get(a.id) ?? 0) ||
    certaintyRank[a.certainty] - certaintyRank[b.certainty] ||
    (depth.get(a.id) ?? 0) - (depth.get(b.id) ?? 0) ||
    (a.id < b.id ? -1 : 1)
  );
}

function countBelow(id: string, findings: readonly Finding[]): number {
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const seen = new Set<string>();
  const todo = [...(byId.get(id)?.explains ?? [])];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    todo.push(...(byId.get(next)?.explains ?? []));
  }
  return seen.size;
}
