// Facts to report: the pure heart. The same facts give the same bytes, live or from a bundle.
import type { Gap } from "../model/evidence.ts";
import type { FactSet } from "../model/facts.ts";
import type { Report, ReportComponent, ReportRelation } from "../model/report.ts";
import type { AnyRule } from "../model/rule.ts";
import type { Component, Stack, StackRelation } from "../model/stack.ts";
import { buildStack } from "../stack/build.ts";
import { assembleFindings } from "./assemble.ts";
import { type LineReader, toCandidates } from "./candidate.ts";
import { coverageOf } from "./coverage.ts";
import { asInLint, evaluateRules, type RuleOutcome } from "./evaluate.ts";
import { foldRivals } from "./fold.ts";
import { linkCauses } from "./link.ts";
import { isMasked } from "./roles.ts";
import { unparsedGaps } from "./unparsed.ts";
import { type Mode, verdictOf } from "./verdict.ts";

export interface JudgeInput {
  readonly factSet: FactSet;
  readonly rules: readonly AnyRule[];
  readonly readLine: LineReader;
  readonly version: string;
  readonly mode: Mode;
}

export interface Judgement {
  readonly report: Report;
  readonly stack: Stack;
  readonly outcomes: readonly RuleOutcome[];
  /** Everything that could not be read or understood. */
  readonly gaps: readonly Gap[];
}

export function judge({ factSet: read, rules, readLine, version, mode }: JudgeInput): Judgement {
  const stack = buildStack(read.facts);
  const evaluated = evaluateRules(rules, read, stack);
  const outcomes = mode === "lint" ? evaluated.map(asInLint) : evaluated;
  const { kept, rivals } = foldRivals(toCandidates(outcomes, stack, read.facts, readLine), outcomes);
  // A fault that has not struck yet accounts for nothing that is seen today.
  const links = linkCauses(kept, stack).filter((link) => !isMasked(link.cause, kept));
  const findings = assembleFindings(kept, links, rivals, read, stack);
  const gaps = [...read.gaps, ...unparsedGaps(read, kept)];
  const factSet = { ...read, gaps };
  const report: Report = {
    schema: "watchmend.report/v1",
    tool: { version },
    verdict: verdictOf(findings, factSet, stack, outcomes, mode),
    coverage: coverageOf(outcomes, factSet, kept, links, stack),
    stack: {
      components: stack.components.map(reportComponent),
      relations: stack.relations.map(reportRelation),
    },
    findings,
    links: links.map((link) => ({ from: link.cause.id, to: link.symptom.id, mechanism: link.mechanism })),
  };
  return { report, stack, outcomes, gaps };
}

function reportComponent(component: Component): ReportComponent {
  const { id, kind, name, namespace, host, version } = component;
  return {
    id,
    kind,
    name,
    ...(namespace ? { namespace } : {}),
    ...(host ? { host } : {}),
    ...(version ? { version } : {}),
  };
}

function reportRelation(relation: StackRelation): ReportRelation {
  const { from, to, kind, works, label } = relation;
  return { from, to, kind, ...(works === undefined ? {} : { works }), ...(label ? { label } : {}) };
}
