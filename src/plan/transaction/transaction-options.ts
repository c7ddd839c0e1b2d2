// What a repair is told: where it may reach, on whose behalf, what was agreed to, and when to stop.
import type { Step } from "../../model/plan.ts";
import type { Actor, ReachOptions } from "./entry.ts";
import type { GateEvent } from "./gate.ts";
import type { Looked, LookOptions } from "./look-all.ts";

export interface TransactionOptions extends LookOptions {
  /** Folder of the journals. */
  readonly state: string;
  readonly incident: string;
  readonly why: string;
  readonly findings?: readonly string[];
  readonly actor: Actor;
  /** What `lookAll` said of these steps a moment ago; what has moved since is seen before it is changed. */
  readonly looked?: Promise<readonly Looked[]>;
  /** By subject: what the plan was made on. Anything else refuses the whole. */
  readonly fingerprints?: ReadonlyMap<string, string>;
  /** How the doors were opened, for whoever undoes it. */
  readonly reach?: ReachOptions;
  readonly gateMs?: number;
  readonly onGate?: (event: GateEvent) => void;
  readonly onStep?: (step: Step, n: number) => void;
  /** Called before and after everything that a crash could fall between; tests die there. */
  readonly point?: (name: string) => void;
}
