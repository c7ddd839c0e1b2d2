// What was looked at and what could not be: counted per rule, named once per missing thing.
import type { FactSet } from "../model/facts.ts";
import type { Report } from "../model/report.ts";
import type { Stack } from "../model/stack.ts";
import type { Candidate } from "./candidate.ts";
import { question } from "./decide-with.ts";
import type { RuleOutcome } from "./evaluate.ts";
import type { CauseLink } from "./link.ts";
import { commandFor, type Surroundings, settlingCommand } from "./settle.ts";

type Missing = Report["coverage"]["missing"][number];

export function coverageOf(
  outcomes: readonly RuleOutcome[],
  factSet: FactSet,
  kept: readonly Candidate[],
  links: readonly CauseLink[],
  stack: Stack,
): Report["coverage"] {
  const around = { factSet, stack };
  const count = (status: RuleOutcome["status"]): number =>
    outcomes.filter((outcome) => outcome.status === status).length;
  const missing: Missing[] = [
    ...gapsInEvidence(factSet),
    ...brokenRules(outcomes),
    ...openProofs(kept, around),
    ...openSymptoms(kept, links, around),
    ...missingFacts(outcomes, factSet),
  ];
  return {
    rules: {
      evaluated: count("evaluated"),
      inconclusive: count("inconclusive"),
      notApplicable: count("notApplicable"),
    },
    missing: unique(missing),
  };
}

function gapsInEvidence(factSet: FactSet): Missing[] {
  return factSet.gaps.map((gap) => {
    const where = gap.at ? ` (${gap.at.source}${gap.at.line ? `:${gap.at.line}` : ""})` : "";
    return {
      what: `${gap.what}${where}`,
      because: `${gap.because}: ${gap.detail}`,
      ...(gap.decideWith ? { decideWith: gap.decideWith } : {}),
    };
  });
}

function brokenRules(outcomes: readonly RuleOutcome[]): Missing[] {
  return outcomes.flatMap((outcome) =>
    outcome.threw === undefined
      ? []
      : [
          {
            what: `rule ${outcome.rule.id}`,
            because: `the rule itself failed: ${outcome.threw}. This is a defect of watchmend; please report it`,
          },
        ],
  );
}

function openProofs(kept: readonly Candidate[], around: Surroundings): Missing[] {
  return kept.flatMap((candidate) => {
    const { draft, rule } = candidate;
    // habits are advice: nobody has to prove them
    const decideWith = rule.nature === "habit" ? undefined : settlingCommand(candidate, around);
    return decideWith
      ? [
          {
            what: `proof that ${lowerFirst(rule.title)} (${draft.subject.id})`,
            because: `${draft.certainty}, not proven by this evidence`,
            decideWith,
          },
        ]
      : [];
  });
}

/** What is seen and not explained by anything in the evidence. */
function openSymptoms(
  kept: readonly Candidate[],
  links: readonly CauseLink[],
  around: Surroundings,
): Missing[] {
  return kept.flatMap((candidate) => {
    const { rule, draft } = candidate;
    if (rule.nature !== "symptom" || links.some((link) => link.symptom === candidate)) return [];
    const command = commandFor(candidate, around);
    return [
      {
        what: `the cause of: ${draft.says}`,
        because: "nothing in the evidence explains it",
        ...(command ? { decideWith: command } : {}),
      },
    ];
  });
}

/** One entry per component kind and fact family, with the number of rules that wait for it. */
function missingFacts(outcomes: readonly RuleOutcome[], factSet: FactSet): Missing[] {
  const onKubernetes =
    factSet.facts["kubernetes.pods"].length + factSet.facts["kubernetes.workloads"].length > 0;
  const waiting = new Map<string, { missing: Missing; rules: number }>();
  for (const outcome of outcomes) {
    if (outcome.status !== "inconclusive") continue;
    for (const id of outcome.missing) {
      const { what, decideWith } = question(id, outcome.rule.component, onKubernetes);
      const known = waiting.get(what);
      if (known) known.rules++;
      else waiting.set(what, { missing: { what, because: "not in the evidence", decideWith }, rules: 1 });
    }
  }
  return [...waiting.values()]
    .sort((a, b) => b.rules - a.rules || (a.missing.what < b.missing.what ? -1 : 1))
    .map(({ missing, rules }) => ({
      ...missing,
      because: `${missing.because}; ${rules} ${rules === 1 ? "rule waits" : "rules wait"} for it`,
    }));
}

function unique(list: readonly Missing[]): Missing[] {
  const seen = new Set<string>();
  return list.filter((entry) => {
    const key = `${entry.what}|${entry.because}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
