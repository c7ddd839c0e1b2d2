// A repair in rounds: what was found, what was planned, what was done, and what showed itself afterwards.
import type { Finding } from "./finding.ts";
import type { Step } from "./plan.ts";
import type { Report } from "./report.ts";

export type StepState =
  | "done"
  /** It was so already. */
  | "already"
  /** A person has to do it. */
  | "left"
  | "refused";

export interface StepResult {
  readonly step: Step;
  readonly state: StepState;
  /** Why it was refused or left. */
  readonly because?: string;
  /** The command for a person, where the step was left. */
  readonly command?: string;
  /** The living thing that is meant, where the step only names evidence: `node1:/srv/x`, `ConfigMap mon/loki`. */
  readonly where?: string;
  /** Text of the changed file before and after, or what stands for it: the owner of a path. */
  readonly before?: string;
  readonly after?: string;
}

export interface Execution {
  /** False: nothing was changed, or everything was put back. */
  readonly ok: boolean;
  readonly because?: string;
  /** One per step, in order. */
  readonly steps: readonly StepResult[];
  /** Names it in the journal, where there is one. */
  readonly id?: string;
  /** What was waited for before the next diagnosis, in words. */
  readonly gate?: readonly string[];
}

export interface RemediationPlan {
  /** Findings whose fixes these are, in the order of the steps. */
  readonly findings: readonly Finding[];
  readonly steps: readonly Step[];
  /** Root causes without a fix that could be planned. */
  readonly withoutFix: readonly Finding[];
  /** By index of a step: those before it that it means nothing without. */
  readonly needs?: readonly (readonly number[])[];
}

export interface Round {
  readonly number: number;
  readonly report: Report;
  /** Where the world stood when this was diagnosed, in words. */
  readonly world?: string;
  readonly plan: RemediationPlan;
  readonly preview: readonly StepResult[];
  /** Absent when nothing was carried out: nothing to do, or only a plan was wanted. */
  readonly execution?: Execution;
  /** The person who was asked took only some of the steps, or none. */
  readonly declined?: readonly Step[];
  /** What the diagnosis of the round after said of this one. */
  readonly outcome?: Outcome;
  /** Root causes that were hidden or unknown in the round before. */
  readonly surfaced: readonly Finding[];
}

/** Kept because what was wrong is gone; or put back, with the reason and what became of it. */
export interface Outcome {
  readonly kept: boolean;
  readonly because?: string;
  readonly says?: readonly string[];
}

export interface Remediation {
  /** What was repaired, in words. */
  readonly title: string;
  readonly rounds: readonly Round[];
}
