// The contract of everything evidence is read from live: a cluster, a host, the local engine.
import type { CanaryPerch, ClusterPerch } from "./canary.ts";
import type { CollectedItem } from "./collected.ts";
import type { ComponentKind } from "./component.ts";

/** Limits that hold for everything that is read, so that no answer can hang or fill the memory. */
export interface ReadLimits {
  /** Per item: one request, one command, one log. */
  readonly itemTimeoutMs: number;
  /** Of any answer but a log. More gives `too-large`. */
  readonly itemBytes: number;
  /** Of each log; the newest lines count. */
  readonly logBytes: number;
  /** How far back logs are read, in seconds. */
  readonly sinceSeconds: number;
  /** Requests or sessions at the same time, per target. */
  readonly parallel: number;
}

export interface ReadSession {
  readonly limits: ReadLimits;
  /** Set off by Ctrl-C: a target ends early and what it has brought so far stays valid. */
  readonly signal: AbortSignal;
  /** For people only; called as often as something changes. */
  progress(step: {
    readonly target: string;
    readonly doing: string;
    readonly done?: number;
    readonly of?: number;
  }): void;
}

/** A place of the outside that evidence is read from. */
export interface Target {
  /** As people call it: `cluster kind-dev`, `host jenkins1`. */
  readonly name: string;
  /**
   * Reads everything there is to read. Never throws: what cannot be read comes as an item that says why,
   * also when the whole target is unreachable.
   */
  collect(session: ReadSession): AsyncIterable<CollectedItem>;
  /**
   * The second look at what only the stack tells to be worth it: logs of its pods, its components' own APIs.
   * Targets without it bring everything in the first look. Only looks that are its own are answered.
   */
  lookCloser?(looks: readonly CloserLook[], session: ReadSession): AsyncIterable<CollectedItem>;
  /** The second look: asks from this target's side what the first look left open. Only requests that are its own are answered. */
  probe(requests: readonly ProbeRequest[], session: ReadSession): AsyncIterable<CollectedItem>;
  /** Hosts only: where a line of ours can be sent from. */
  readonly perch?: CanaryPerch;
  /** Clusters only: the same, through the API server. */
  readonly clusterPerch?: ClusterPerch;
  /** Ends what was opened (ssh master, proxy). Safe to call twice. */
  close(): Promise<void>;
}

/** Something that is read only where the stack, known from the first look, makes it worth reading. */
export type CloserLook =
  | {
      readonly kind: "pod-log";
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      /** Of the run before the last restart. */
      readonly previous?: boolean;
      readonly component?: ComponentKind;
    }
  | {
      readonly kind: "pod-api";
      readonly namespace: string;
      readonly pod: string;
      readonly port: number;
      readonly scheme?: "http" | "https";
      /** With query. */
      readonly path: string;
      readonly component: ComponentKind;
      /** The answer's status is part of what is asked: `/ready` says 503 with a reason. */
      readonly statusMatters?: boolean;
      /** Not every version or configuration answers this: no answer is no gap. */
      readonly optional?: boolean;
      /** Only the beginning is of use. */
      readonly headBytes?: number;
    }
  /** Owners and modes of folders of a cluster's node, for a host that is that node. */
  | {
      readonly kind: "node-owners";
      /** The node's name and addresses. */
      readonly names: readonly string[];
      readonly paths: readonly string[];
    }
  /** Chosen not to be read, e.g. the logs of the hundredth equal pod; told as such. */
  | {
      readonly kind: "left-out";
      readonly what: string;
      readonly because: string;
      readonly decideWith: string;
    };

/** From where a connection has to work. */
export type ProbeOrigin =
  | { readonly kind: "host"; readonly host: string }
  /** From inside a container's network: its DNS and routes, not the host's. */
  | { readonly kind: "container"; readonly host: string; readonly container: string }
  | { readonly kind: "pod"; readonly namespace: string; readonly name: string };

/** One connection that the stack depends on, to be tried from the side that needs it. */
export interface ProbeRequest {
  readonly from: ProbeOrigin;
  readonly url: string;
  /** Why it is asked: `prometheus scrapes node-exporter of jenkins1`. */
  readonly because: string;
}
