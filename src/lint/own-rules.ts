// What lint says about suppressions themselves. These are no rules of the engine: they need the date and the comments.
import type { ComponentKind } from "../model/component.ts";
import type { Finding, Severity } from "../model/finding.ts";

interface OwnRule {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly severity: Severity;
}

const component: ComponentKind = "watchmend";

/** In the shape of the engine's rules, for `explain` and the formats. */
function own(rule: OwnRule) {
  return {
    ...rule,
    component,
    layer: "config",
    nature: rule.severity === "notice" ? "habit" : "cause",
    effect: "none",
    needs: ["config.documents"],
    references: ["docs/lint.md"],
  } as const;
}

export const ownRules = {
  expired: own({
    id: "lint/suppression-expired",
    title: "A suppression is past its last day",
    why: "A suppression with a date was meant for a while. After that day the finding is reported again, and so is the suppression, until somebody repairs the cause or sets a new date.",
    severity: "warning",
  }),
  noReason: own({
    id: "lint/suppression-without-reason",
    title: "A suppression gives no reason, so it has no effect",
    why: "Without a reason nobody can tell later whether the finding may be hidden still. The comment hides nothing until it gives one.",
    severity: "warning",
  }),
  unreadable: own({
    id: "lint/suppression-unreadable",
    title: "A suppression cannot be read, so it has no effect",
    why: "The comment names watchmend-ignore but not, in a form that can be read, which rule it is about and until when. It hides nothing.",
    severity: "warning",
  }),
  unused: own({
    id: "lint/suppression-unused",
    title: "A suppression hides nothing",
    why: "The finding it was written for is gone, the rule's name is misspelt, or the line has moved away from the comment. What hides nothing today may hide the wrong thing tomorrow.",
    severity: "notice",
  }),
} as const;

/** A finding about a suppression, at the place of the suppression. */
export function ownFinding(
  rule: (typeof ownRules)[keyof typeof ownRules],
  at: { readonly source: string; readonly line: number },
  says: string,
  excerpt: string,
): Finding {
  const subject = { kind: "file", id: at.source } as const;
  return {
    id: `${rule.id}@${at.source}:${at.line}`,
    rule: rule.id,
    role: rule.severity === "notice" ? "notice" : "root",
    severity: rule.severity,
    certainty: "proven",
    component: rule.component,
    layer: rule.layer,
    subject,
    title: rule.title,
    says,
    proof: [{ ...at, excerpt }],
    explains: [],
    explainedBy: [],
    rivals: [],
  };
}
