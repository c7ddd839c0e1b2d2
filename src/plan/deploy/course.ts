// A rollout on its way: what it was told, and what has become of each host so far.
import type { Batch, DeploymentPlan, GateVerdict, HostPlan, HostResult } from "../../model/deployment.ts";
import type { HostAccess } from "../transaction/doors.ts";
import type { Transaction } from "../transaction/ending.ts";
import type { Actor, ReachOptions } from "../transaction/entry.ts";
import type { GateEvent } from "../transaction/gate.ts";
import type { Looked } from "../transaction/look-all.ts";

export interface RolloutOptions {
  readonly doors: ReadonlyMap<string, HostAccess>;
  readonly directories: ReadonlyMap<string, string>;
  readonly state: string;
  readonly incident: string;
  readonly actor: Actor;
  readonly why: string;
  readonly reach?: ReachOptions;
  readonly parallel: number;
  /** More hosts than this may not fail. */
  readonly maxFailures: number;
  readonly gateMs?: number;
  readonly signal?: AbortSignal;
  /** Looks whether data arrives; the hosts are those of the batch that stand. */
  readonly gate: (
    batch: Batch,
    hosts: readonly string[],
    out: ReadonlySet<string>,
  ) => Promise<GateVerdict | undefined>;
  readonly tell: (text: string) => void;
  readonly onGate?: (host: string, event: GateEvent) => void;
  readonly point?: (host: string, name: string) => void;
}

export interface Course {
  readonly results: Map<string, HostResult>;
  readonly gates: GateVerdict[];
  /** By host: what its part will do, looked at while the batch before waited. */
  readonly ahead: Map<string, Promise<readonly Looked[]>>;
  readonly begun: Set<string>;
  failures: number;
  canaryStands: boolean;
  stopped?: string;
}

export interface Standing {
  readonly host: string;
  readonly transaction: Transaction;
}

export function firstResults(plan: DeploymentPlan): Map<string, HostResult> {
  const planned = new Set(plan.batches.flatMap(({ hosts }) => hosts));
  return new Map(plan.hosts.map((one) => [one.host, resultOf(one, planned.has(one.host))]));
}

function resultOf({ host, state, because, remedy, unknown }: HostPlan, isPlanned: boolean): HostResult {
  const outcome =
    state === "changes" ? (isPlanned ? "not-reached" : "refused") : state === "none" ? "unchanged" : state;
  return {
    host,
    outcome,
    ...(because === undefined ? {} : { because }),
    ...(remedy === undefined ? {} : { remedy }),
    says: unknown ?? [],
    transactions: [],
  };
}

export function isOpen({ results }: Course, host: string): boolean {
  const outcome = results.get(host)?.outcome;
  return outcome === "not-reached" || outcome === "done";
}

export function outcomeOf({ results }: Course, host: string): HostResult["outcome"] {
  return results.get(host)?.outcome ?? "not-reached";
}

export function isOut(outcome: HostResult["outcome"]): boolean {
  return outcome !== "done" && outcome !== "unchanged" && outcome !== "not-reached";
}

/** The transaction has put everything back by itself, or had not begun. */
export function fail(course: Course, host: string, because: string, putBack: boolean, id?: string): void {
  const before = course.results.get(host);
  course.failures++;
  course.results.set(host, {
    host,
    outcome: putBack ? "rolled-back" : "half-done",
    because,
    says: [],
    transactions: [...(before?.transactions ?? []), ...(id === undefined ? [] : [id])],
  });
}

export function finished({ results }: Course, host: string): HostResult {
  return results.get(host) ?? { host, outcome: "not-reached", says: [], transactions: [] };
}
