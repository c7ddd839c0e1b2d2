// Carries out steps on live targets, each round as a transaction that stays open until the next diagnosis has spoken.
import type { ConfigDocument } from "../../model/config.ts";
import type { Step } from "../../model/plan.ts";
import type { Execution, StepResult } from "../../model/remediation.ts";
import type { Executor, Needs, Settled, Verified } from "../executor.ts";
import type { Transaction } from "./ending.ts";
import { locateSteps } from "./locate-live.ts";
import { lookAll } from "./look-all.ts";
import { resultOf } from "./step-result.ts";
import { runTransaction } from "./transaction.ts";
import type { TransactionOptions } from "./transaction-options.ts";

export interface LiveExecutorOptions
  extends Omit<TransactionOptions, "needs" | "why" | "fingerprints" | "findings"> {
  readonly why: (label: string) => string;
  /** Configuration as the last diagnosis has read it. */
  readonly documents: () => readonly ConfigDocument[];
}

export interface LiveExecutor extends Executor {
  /** Ids of the transactions begun so far. */
  readonly transactions: readonly string[];
  /** What the gate of the last transaction waited for, in words. */
  gate(): readonly string[];
  /** The steps of the last preview as they would be carried out, and what each thing looked like then. */
  shown(): { readonly steps: readonly Step[]; readonly fingerprints: ReadonlyMap<string, string> };
}

export function liveExecutor(options: LiveExecutorOptions): LiveExecutor {
  const transactions: string[] = [];
  /** What each thing looked like when the plan was shown: nothing else is changed afterwards. */
  let shown = new Map<string, string>();
  let located: readonly Step[] = [];
  let open: Transaction | undefined;
  let gate: readonly string[] = [];
  const preview = async (steps: readonly Step[], needs?: Needs): Promise<readonly StepResult[]> => {
    located = locateSteps(steps, options.documents());
    const looked = await lookAll(located, {
      doors: options.doors,
      ...(needs ? { needs } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.mayOpenFirewall ? { mayOpenFirewall: true } : {}),
      ...(options.mayGiveRights ? { mayGiveRights: true } : {}),
    });
    shown = new Map();
    for (const { look } of looked)
      if (look.state === "change" && look.fingerprint !== "" && !shown.has(look.subject))
        shown.set(look.subject, look.fingerprint);
    return named(looked.map(resultOf), steps);
  };
  const execute = async (steps: readonly Step[], label: string, needs?: Needs): Promise<Execution> => {
    const started = await runTransaction(locateSteps(steps, options.documents()), {
      ...options,
      why: options.why(label),
      ...(shown.size > 0 ? { fingerprints: shown } : {}),
      ...(needs ? { needs } : {}),
    });
    if (!started.ok) {
      if (started.id !== undefined) transactions.push(started.id);
      return { ...started.execution, steps: named(started.execution.steps, steps) };
    }
    open = started.transaction;
    gate = open.gate;
    transactions.push(open.id);
    return { ...open.execution, steps: named(open.execution.steps, steps), id: open.id, gate: open.gate };
  };
  const settle = async (verdict: Verified): Promise<Settled> => {
    const transaction = open;
    open = undefined;
    if (!transaction) return { kept: true, says: [] };
    if (verdict.ok) {
      await transaction.commit();
      return { kept: true, says: [] };
    }
    const undone = await transaction.undo(verdict.because);
    return { kept: false, says: undone.says };
  };
  return {
    transactions,
    gate: () => gate,
    shown: () => ({ steps: located, fingerprints: shown }),
    preview,
    execute,
    settle,
    describe: () => undefined,
  };
}

/** Results name the steps as the plan has them; where they take place stands beside. */
function named(results: readonly StepResult[], steps: readonly Step[]): StepResult[] {
  return results.map((result, i) => ({ ...result, step: steps[i] ?? result.step }));
}
