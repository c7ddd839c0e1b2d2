// What carries out steps: a recorded world, or live targets. The loop above it does not know which.
import type { Step } from "../model/plan.ts";
import type { Execution, StepResult } from "../model/remediation.ts";

/** Steps that mean nothing without others of the same fix: when one of those is left for a person, they are left too. */
export type Needs = ReadonlyMap<number, readonly number[]>;

export interface Executor {
  /** What the steps would do; nothing is done. */
  preview(steps: readonly Step[], needs?: Needs): Promise<readonly StepResult[]>;
  /** Does all steps or none. `label` names the backup and the entries of the journal. */
  execute(steps: readonly Step[], label: string, needs?: Needs): Promise<Execution>;
  /**
   * What the diagnosis afterwards says of the last execution: it stays, or everything is put back.
   * Executors that cannot put back what was kept so far leave it out.
   */
  settle?(verdict: Verified): Promise<Settled>;
  /** Where things stand now, in words; undefined where there is nothing to say. */
  describe(): string | undefined;
}

export type Verified = { readonly ok: true } | { readonly ok: false; readonly because: string };

export interface Settled {
  readonly kept: boolean;
  /** What became of it, for people: what was put back, and what could not be. */
  readonly says: readonly string[];
}
