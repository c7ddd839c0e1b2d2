// What carries out steps: a recorded world here, live targets later. The loop above it does not know which.
import type { Step } from "../model/plan.ts";
import type { Execution, StepResult } from "../model/remediation.ts";

export interface Executor {
  /** What the steps would do; nothing is done. */
  preview(steps: readonly Step[]): readonly StepResult[];
  /** Does all steps or none. `label` names the backup and the entries of the journal. */
  execute(steps: readonly Step[], label: string): Execution;
  /** Where things stand now, in words; undefined where there is nothing to say. */
  describe(): string | undefined;
}
