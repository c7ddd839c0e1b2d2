// The shape of an alert of the stack: its expression, and the series that must and must not make it fire.
import type { DeployedKind, StackFile } from "../../model/stack-file.ts";

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly severity: "critical" | "warning" | "info";
  /** Tells rules of one name apart; part of what fires. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** Components without which it can never fire. */
  readonly about: readonly DeployedKind[];
  readonly test: {
    /** Series (name with labels, values in promtool's notation, one a minute) that make it fire at `at`. */
    readonly fires: readonly (readonly [series: string, values: string])[];
    readonly at: string;
    /** Labels of the alert that fires, besides its severity. */
    readonly labels: Readonly<Record<string, string>>;
    /** What the same series look like when all is well. */
    readonly silent: readonly (readonly [series: string, values: string])[];
  };
}

export interface AlertGroup {
  readonly name: string;
  readonly rules: (stack: StackFile) => readonly AlertRule[];
}
