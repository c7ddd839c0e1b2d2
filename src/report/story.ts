// Arranges findings the way a person tells an incident: each cause, what follows from it, what waits behind it.
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";

/** Findings of one kind that follow from the same thing for the same reason; usually one. */
export interface Effects {
  readonly findings: readonly Finding[];
  /** How the parent brings these about, in words; several when the links differ. */
  readonly mechanisms: readonly string[];
  readonly next: readonly Effects[];
}

export interface Cause {
  readonly finding: Finding;
  readonly effects: readonly Effects[];
  /** Already told under an earlier cause, but this one alone would bring them about as well. */
  readonly alsoExplains: readonly Finding[];
}

/** Causes of the same kind on several subjects: the first is told in full. */
export interface CauseGroup {
  readonly first: Cause;
  readonly others: readonly Cause[];
}

export interface Story {
  readonly causes: readonly CauseGroup[];
  /** Symptoms whose cause is not among the findings. */
  readonly unexplained: readonly Finding[];
  readonly latent: readonly Finding[];
  readonly notices: readonly Finding[];
}

/** From this many alike on, one line stands for all of them. */
const foldFrom = 3;

export function tellStory(report: Report): Story {
  const byId = new Map(report.findings.map((finding) => [finding.id, finding]));
  const told = new Set<string>();
  const causes = withRole(report, "root").map((root) => tellCause(root, byId, report.links, told));
  return {
    causes: groupCauses(causes),
    unexplained: withRole(report, "symptom").filter((finding) => !told.has(finding.id)),
    latent: withRole(report, "latent"),
    notices: withRole(report, "notice"),
  };
}

export function withRole(report: Report, role: Finding["role"]): readonly Finding[] {
  return report.findings.filter((finding) => finding.role === role);
}

/** In words how `from` brings `to` about, where a link says so. */
export function mechanismOf(report: Pick<Report, "links">, from: string, to: string): string | undefined {
  return report.links.find((link) => link.from === from && link.to === to)?.mechanism;
}

function tellCause(
  root: Finding,
  byId: ReadonlyMap<string, Finding>,
  links: Report["links"],
  told: Set<string>,
): Cause {
  const depth = depthsBelow(root, byId);
  const reached = [...depth.keys()].flatMap((id) => byId.get(id) ?? []);
  const alsoExplains = reached.filter((finding) => told.has(finding.id));
  const own = reached.filter((finding) => !told.has(finding.id));
  for (const finding of own) told.add(finding.id);
  const childrenOf = new Map<string, Finding[]>();
  for (const finding of own) {
    const parent = nearestCause(finding, root, depth, byId);
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), finding]);
  }
  return { finding: root, effects: fold(root.id, childrenOf, links), alsoExplains };
}

/** Steps from the root to each symptom by the longest way, so that a symptom hangs under its most direct cause. */
function depthsBelow(root: Finding, byId: ReadonlyMap<string, Finding>): Map<string, number> {
  const depth = new Map<string, number>();
  let wave = [root];
  // A chain cannot be longer than there are findings; more waves than that mean a cycle.
  for (let step = 1; wave.length > 0 && step <= byId.size; step++) {
    const next = new Map<string, Finding>();
    for (const parent of wave) {
      for (const id of parent.explains) {
        const child = byId.get(id);
        if (child?.role === "symptom" && id !== root.id) next.set(id, child);
      }
    }
    for (const id of next.keys()) depth.set(id, step);
    wave = [...next.values()];
  }
  return depth;
}

function nearestCause(
  finding: Finding,
  root: Finding,
  depth: ReadonlyMap<string, number>,
  byId: ReadonlyMap<string, Finding>,
): string {
  const own = depth.get(finding.id) ?? 0;
  let best = root.id;
  let bestDepth = 0;
  for (const [id, candidateDepth] of depth) {
    if (candidateDepth >= own || candidateDepth <= bestDepth) continue;
    if (!byId.get(id)?.explains.includes(finding.id)) continue;
    best = id;
    bestDepth = candidateDepth;
  }
  return best;
}

function fold(
  parent: string,
  childrenOf: ReadonlyMap<string, readonly Finding[]>,
  links: Report["links"],
): Effects[] {
  const children = childrenOf.get(parent) ?? [];
  const leavesOfRule = new Map<string, Finding[]>();
  for (const child of children) {
    if (childrenOf.has(child.id)) continue;
    leavesOfRule.set(child.rule, [...(leavesOfRule.get(child.rule) ?? []), child]);
  }
  const groups: Effects[] = [];
  const done = new Set<string>();
  for (const child of children) {
    if (done.has(child.id)) continue;
    const alike = leavesOfRule.get(child.rule) ?? [];
    const findings = alike.length >= foldFrom && alike.includes(child) ? alike : [child];
    for (const finding of findings) done.add(finding.id);
    groups.push({
      findings,
      mechanisms: distinct(findings.flatMap((finding) => mechanismOf({ links }, parent, finding.id) ?? [])),
      next: findings.length === 1 ? fold(child.id, childrenOf, links) : [],
    });
  }
  return groups;
}

function groupCauses(causes: readonly Cause[]): CauseGroup[] {
  const ofRule = new Map<string, Cause[]>();
  for (const cause of causes) {
    const key = groupKey(cause);
    ofRule.set(key, [...(ofRule.get(key) ?? []), cause]);
  }
  return causes.flatMap((cause): CauseGroup[] => {
    const alike = ofRule.get(groupKey(cause)) ?? [];
    if (alike.length < foldFrom) return [{ first: cause, others: [] }];
    return alike[0] === cause ? [{ first: cause, others: alike.slice(1) }] : [];
  });
}

function groupKey({ finding }: Cause): string {
  return `${finding.rule} ${finding.severity}`;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

const arrow = " → ";

/** Names of many subjects; links that start at the same place name it once: `prometheus → a, b, c`. */
export function subjectNames(findings: readonly Finding[], most: number): string {
  const ids = findings.map((finding) => finding.subject.id);
  const [from] = ids[0]?.split(arrow) ?? [];
  const lead = `${from}${arrow}`;
  const shared = ids.length > 1 && ids.every((id) => id.startsWith(lead));
  const names = shared ? ids.map((id) => id.slice(lead.length)) : ids;
  const rest = names.length > most ? ` and ${names.length - most} more` : "";
  return `${shared ? lead : ""}${names.slice(0, most).join(", ")}${rest}`;
}
