// A draft on its way to a finding: with its rule, its component and its quoted proof.
import type { Facts } from "../model/facts.ts";
import type { FindingDraft } from "../model/finding.ts";
import type { Proof } from "../model/place.ts";
import type { AnyRule } from "../model/rule.ts";
import type { Component, Stack } from "../model/stack.ts";
import type { RuleOutcome } from "./evaluate.ts";

export interface Candidate {
  readonly id: string;
  readonly rule: AnyRule;
  readonly draft: FindingDraft;
  readonly component: Component | undefined;
  readonly concerns: ReadonlySet<string>;
  readonly proof: readonly Proof[];
  /** Some proof is a line that a running program or the cluster wrote, not a file. */
  readonly isObserved: boolean;
}

/** Reads line `line` (1-based) of a source; undefined when the evidence does not have it. */
export type LineReader = (source: string, line: number) => string | undefined;

export function toCandidates(
  outcomes: readonly RuleOutcome[],
  stack: Stack,
  facts: Facts,
  readLine: LineReader,
): Candidate[] {
  const observed = new Set(facts["text.lines"].map((line) => `${line.at.source}:${line.at.line}`));
  const taken = new Map<string, number>();
  const candidates: Candidate[] = [];
  for (const { rule, drafts } of outcomes) {
    for (const draft of withoutRepetition(drafts)) {
      const base = `${rule.id}@${draft.subject.id}`;
      const times = (taken.get(base) ?? 0) + 1;
      taken.set(base, times);
      const proof = quote(draft, readLine);
      candidates.push({
        id: times === 1 ? base : `${base}#${times}`,
        rule,
        draft,
        component: findComponent(rule, draft, stack),
        concerns: new Set(draft.concerns ?? []),
        proof,
        isObserved: proof.some((entry) => observed.has(`${entry.source}:${entry.line}`)),
      });
    }
  }
  return candidates;
}

/** The same fault seen in two places (the file and the live object) is one finding with both proofs. */
function withoutRepetition(drafts: readonly FindingDraft[]): FindingDraft[] {
  const merged = new Map<string, FindingDraft>();
  for (const draft of drafts) {
    const key = `${draft.subject.kind} ${draft.subject.id} ${draft.says}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, proof: [...known.proof, ...draft.proof] } : draft);
  }
  return [...merged.values()];
}

function findComponent(rule: AnyRule, draft: FindingDraft, stack: Stack): Component | undefined {
  const wanted = draft.component ?? draft.subject.id;
  const named = stack.components.find((component) => component.id === wanted);
  if (named) return named;
  const ofPod = stack.components.find((component) =>
    component.pods.some((pod) => podId(pod) === draft.subject.id),
  );
  if (ofPod) return ofPod;
  if (draft.subject.kind !== "component" && draft.subject.kind !== "file") return undefined;
  const ofKind = stack.components.filter((component) => component.kind === rule.component);
  return ofKind.length === 1 ? ofKind[0] : undefined;
}

export function podId(pod: { readonly namespace?: string; readonly name: string }): string {
  return pod.namespace ? `${pod.namespace}/${pod.name}` : pod.name;
}

const maxExcerpt = 2000;

function quote(draft: FindingDraft, readLine: LineReader): Proof[] {
  const proofs: Proof[] = [];
  for (const { source, line, pointer, excerpt } of draft.proof) {
    const text = excerpt ?? (line === undefined ? undefined : readLine(source, line)?.trim());
    if (text === undefined) continue;
    const place = line === undefined ? { source } : { source, line };
    proofs.push({ ...place, ...(pointer ? { pointer } : {}), excerpt: text.slice(0, maxExcerpt) });
  }
  return proofs.filter((proof, i) => proofs.findIndex((other) => isSame(other, proof)) === i);
}

function isSame(a: Proof, b: Proof): boolean {
  return a.source === b.source && a.line === b.line && a.excerpt === b.excerpt;
}
