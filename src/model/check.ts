// One claim about a working stack that can be proven or refuted: the unit of `validate`.
import type { Expectation } from "./expectation.ts";
import type { FactId, Facts } from "./facts.ts";
import type { ProofDraft, Subject } from "./finding.ts";
import type { Proof } from "./place.ts";
import type { Stack } from "./stack.ts";

export const suites = [
  "pods",
  "endpoints",
  "storage",
  "health",
  "dns",
  "restarts",
  "logs",
  "targets",
  "agents",
  "flow",
  "grafana",
  "clock",
  "config",
] as const;
export type Suite = (typeof suites)[number];

/** `unknown` is never success: nobody could look. `skip` always carries the reason. */
export type CheckState = "pass" | "warn" | "fail" | "unknown" | "skip";

/** What a check says of one subject. */
export interface VerdictDraft {
  readonly subject: Subject;
  readonly state: CheckState;
  /** One sentence with the names and numbers of this case. */
  readonly says: string;
  readonly proof: readonly ProofDraft[];
  /** Id of the stack component concerned; prerequisites and diagnosis go by it. */
  readonly component?: string;
  /** For `unknown`: the one command that would decide it. */
  readonly decideWith?: string;
}

export interface CheckInput<Id extends FactId> {
  readonly facts: Pick<Facts, Id>;
  readonly stack: Stack;
  readonly expectation: Expectation;
  /** Milliseconds since 1970: the newest moment the evidence speaks of. Undefined when nothing in it has a time. */
  readonly nowMs?: number;
}

export interface Check<Need extends FactId = FactId, Use extends FactId = FactId> {
  /** `<suite>/<what-holds>` = folder = docs entry. */
  readonly id: string;
  readonly suite: Suite;
  /** What is true when it passes, as a sentence. */
  readonly proves: string;
  /** Without these nothing can be told: the answer is `unknown`, with the command that gets them. */
  readonly needs: readonly Need[];
  readonly uses?: readonly Use[];
  /** Ids of checks that must not have failed for the same component; otherwise this one is skipped with that reason. */
  readonly after?: readonly string[];
  /** Ids of rules that explain a failure; shown when nothing in the diagnosis is linked to the subject. */
  readonly hints: readonly string[];
  readonly decideWith: string;
  /** Why there is nothing to check in this stack, or undefined when there is. */
  absent(
    input: Pick<CheckInput<FactId>, "stack" | "expectation"> & { readonly facts: Facts },
  ): string | undefined;
  /** One verdict per subject that should be there, also for those of which nothing was seen. */
  run(input: CheckInput<Need | Use>): readonly VerdictDraft[];
}

/** Keeps the compiler's eye on `needs` and `uses`, as for rules. */
export function defineCheck<const Need extends FactId, const Use extends FactId = never>(
  check: Check<Need, Use>,
): Check<Need, Use> {
  return check;
}

/** Any check, as the engine handles it. */
export type AnyCheck = Omit<Check, "run"> & { run(input: CheckInput<FactId>): readonly VerdictDraft[] };

export interface CheckVerdict {
  readonly check: string;
  readonly suite: Suite;
  readonly proves: string;
  readonly subject: Subject;
  readonly state: CheckState;
  readonly says: string;
  readonly proof: readonly Proof[];
  readonly decideWith?: string;
  /** Root findings of the diagnosis that account for a failure. */
  readonly because: readonly { readonly finding: string; readonly rule: string; readonly says: string }[];
  /** Rules to read about when nothing accounts for it. */
  readonly hints: readonly string[];
}

/** `watchmend.validation/v1` */
export interface Validation {
  readonly schema: "watchmend.validation/v1";
  readonly tool: { readonly version: string };
  readonly verdict: "pass" | "fail" | "unknown";
  readonly expectation: { readonly from: "model" | "file" | "discovered"; readonly source?: string };
  readonly counts: { readonly [State in CheckState]: number };
  readonly verdicts: readonly CheckVerdict[];
  readonly missing: readonly {
    readonly what: string;
    readonly because: string;
    readonly decideWith?: string;
  }[];
  /** What `--compare` compares: how much of the stack was seen to work. */
  readonly coverage: Coverage;
  /** Of a live look only: what was saved has no time of its own. */
  readonly times?: ValidationTimes;
}

/** Milliseconds. */
export interface ValidationTimes {
  /** Reading all targets, without the wait. */
  readonly reading: number;
  /** From the first line sent until the last arrived, or was given up. */
  readonly waiting?: number;
  /** Facts, diagnosis and checks. */
  readonly judging: number;
  readonly checks: Readonly<Record<string, number>>;
}

export interface Coverage {
  readonly components: readonly string[];
  readonly hosts: readonly string[];
  readonly targetsUp: readonly string[];
  readonly logSources: readonly string[];
}
