// What a deployment would change, host by host, and what became of it: data for plans, reports and gates.
import type { HostMember } from "./desired.ts";
import type { Risk, Step } from "./plan.ts";
import type { DeployedKind } from "./stack-file.ts";

/** Agents before the servers that ask them. */
export const phases = ["agents", "servers"] as const;
export type Phase = (typeof phases)[number];

export interface FileChange {
  readonly path: string;
  readonly change: "create" | "update" | "owner" | "remove" | "keep";
  /** Never those of secrets. */
  readonly before?: string;
  readonly after?: string;
  readonly secret?: true;
  readonly readBy?: DeployedKind;
  readonly note?: string;
}

export interface FieldChange {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}

export interface ContainerChange {
  readonly name: string;
  readonly component: string;
  readonly change: "create" | "replace" | "adopt" | "start" | "remove" | "restart" | "reload";
  /** What differs; for a new one what it is. */
  readonly fields: readonly FieldChange[];
  readonly because: string;
  readonly risk: Risk;
  /** What is not scraped, and for how long. */
  readonly gap?: string;
  readonly dataAtRisk?: string;
}

export interface HostPlan {
  readonly host: string;
  readonly state: "changes" | "none" | "unreachable" | "refused" | "away";
  /** It has left the model: what the stack has made there is taken away. */
  readonly left?: true;
  /** Why nothing can be said or done; with the next command. */
  readonly because?: string;
  readonly remedy?: string;
  readonly directories: readonly string[];
  readonly files: readonly FileChange[];
  readonly containers: readonly ContainerChange[];
  readonly notes: readonly string[];
  /** What could not be read there, and what is not known because of it. */
  readonly unknown?: readonly string[];
  readonly steps: Readonly<Record<Phase, readonly Step[]>>;
  /** Which state of each thing this was planned on. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Images that are not there yet. */
  readonly pulls: readonly string[];
}

export interface Batch {
  readonly phase: Phase;
  readonly hosts: readonly string[];
  /** The first ones go alone. */
  readonly canary: boolean;
  /** Hosts that have left the model. */
  readonly prunes?: true;
}

export interface DeploymentPlan {
  readonly stack: string;
  readonly hosts: readonly HostPlan[];
  readonly batches: readonly Batch[];
}

export type HostOutcome =
  | "done"
  | "unchanged"
  /** Its part failed and was put back. */
  | "rolled-back"
  /** Its part failed, and not everything could be put back. */
  | "half-done"
  | "unreachable"
  | "refused"
  /** The rollout stopped before its turn. */
  | "not-reached"
  | "away";

export interface HostResult {
  readonly host: string;
  readonly outcome: HostOutcome;
  readonly because?: string;
  readonly remedy?: string;
  readonly says: readonly string[];
  readonly transactions: readonly string[];
}

/** What was looked at after a batch, and what it says of the hosts. */
export interface GateVerdict {
  readonly ok: boolean;
  readonly says: readonly string[];
  /** By host: what is wrong there, each with its proof. */
  readonly blamed: Readonly<Record<string, readonly string[]>>;
  /** What fails and is nobody's fault here: jobs of others, hosts that are known to be away. */
  readonly others: readonly string[];
  readonly diagnosis?: readonly string[];
}

export interface Rollout {
  readonly stack: string;
  /** Names all its transactions. */
  readonly id?: string;
  readonly hosts: readonly HostResult[];
  readonly gates: readonly GateVerdict[];
  readonly stopped?: string;
}

/** Of a host in its folder: what was put there last. No time in it, so that doing it again changes nothing. */
export const hostRecordSchema = "watchmend.host/v1";

export interface HostRecord {
  readonly schema: typeof hostRecordSchema;
  readonly stack: string;
  readonly files: Readonly<Record<string, string>>;
  readonly containers: Readonly<Record<string, string>>;
  /** Files whose hash is kept nowhere. */
  readonly secrets?: readonly string[] | undefined;
  /** On the server, by name: all hosts the stack has, and those that have left the model and were not cleaned yet. */
  readonly members?: Readonly<Record<string, HostMember>> | undefined;
  /** By component: hash of the configuration it has read. */
  readonly read: Readonly<Record<string, string>>;
}

/** One thing that is not as it was left, or that the model wants otherwise now. */
export interface Drifted {
  readonly host: string;
  readonly subject: string;
  /** `host`: somebody changed it there. `model`: watchmend.yaml was changed. `never`: it was not applied yet. */
  readonly since: "host" | "model" | "never";
  readonly says: string;
  readonly fields: readonly FieldChange[];
  readonly before?: string;
  readonly after?: string;
}
