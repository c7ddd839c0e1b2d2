// What must hold on every host before anything is changed there: the questions, the checks, and what they say.
import type { DesiredHost, DesiredState } from "./desired.ts";
import type { Unavailable } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import type { Proof } from "./place.ts";
import type { StackFile, StackHost } from "./stack-file.ts";

/** `unknown` is never `ok`: it stops like a fault unless a person accepts it. */
export const preflightStates = ["ok", "warn", "stop", "unknown"] as const;
export type PreflightState = (typeof preflightStates)[number];

export interface PreflightResult {
  /** Id of the check. */
  readonly check: string;
  readonly host: string;
  readonly state: PreflightState;
  /** One sentence with the names and numbers of this case. */
  readonly says: string;
  readonly proof: readonly Proof[];
  /** The next command, for everything that is not ok. */
  readonly next?: string;
}

/** What a check says of one host; the engine adds its id. */
export type PreflightDraft = Omit<PreflightResult, "check" | "proof"> & { readonly proof?: readonly Proof[] };

/**
 * One command of a host's batch, asked because a check needs it. `{engine}`, `{root}` and `{asroot}` stand for what the host
 * offers; data in it has passed `quoteWord`.
 */
export interface HostQuestion {
  readonly id: string;
  readonly text: string;
  readonly run?: string;
  readonly why: string;
  readonly tool?: string;
  readonly optional?: true;
  readonly failureSpeaks?: true;
  readonly seconds?: number;
  /** The parsers of the ordinary look read its output, too. */
  readonly isEvidence?: true;
}

export type HostAnswer =
  | { readonly text: string; readonly source: string }
  | { readonly because: Unavailable; readonly detail: string; readonly next?: string };

/** What one host showed. */
export type HostSight =
  | {
      readonly reached: true;
      readonly rights: { readonly root: "root" | "sudo" | "none"; readonly engine?: string };
      /** By the id of the question. A question without an entry had nothing to show: an optional tool that is not installed. */
      readonly answers: ReadonlyMap<string, HostAnswer>;
      /** The host's clock against ours, and how far that may be wrong, in seconds. */
      readonly clock?: { readonly offset: number; readonly doubt: number };
    }
  | { readonly reached: false; readonly detail: string; readonly remedy: string };

/** One TCP connection that the stack will depend on. */
export interface Connection {
  readonly id: string;
  readonly from: string;
  /** Host of the model; undefined for what lies outside of it. */
  readonly to?: string;
  /** The host that is left out when it fails: the one whose metrics or logs would be missing. */
  readonly concerns: string;
  readonly address: string;
  readonly port: number;
  /** `prometheus scrapes node-exporter of jenkins1`. */
  readonly because: string;
  /** What answers there is part of this stack: a listener may stand in for it. */
  readonly isOurs: boolean;
  /** Nothing that must be there all the time. */
  readonly isOptional: boolean;
}

export const dialEnds = [
  "connected",
  "refused",
  "timeout",
  "no-route",
  "network-unreachable",
  "name",
  "other",
] as const;
export type DialEnd = (typeof dialEnds)[number];

export type TriedConnection = Connection & {
  /** Undefined: it could not be tried, and `detail` says why. */
  readonly end?: DialEnd;
  readonly detail: string;
  /** Somebody listened while it was tried: what was there already, or we did for that moment. */
  readonly listener: "own" | "already" | "none";
  /** Why no listener could be opened, in the words of the target. */
  readonly listenFailure?: string;
  readonly source: string;
};

/** A file of `docker save`, read on the machine that applies. */
export interface ImageArchive {
  readonly file: string;
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: string;
  readonly images: readonly {
    readonly tags: readonly string[];
    readonly id: string;
    readonly arch?: string;
  }[];
  /** It cannot be used, and why. */
  readonly broken?: string;
}

export interface PreflightInput {
  readonly stack: StackFile;
  readonly desired: DesiredState;
  readonly sights: ReadonlyMap<string, HostSight>;
  /** Facts of all hosts together, each with its host. */
  readonly facts: Facts;
  readonly connections: readonly TriedConnection[];
  readonly archives: readonly ImageArchive[];
}

/** A host that answered, with everything a check needs to judge it. */
export interface HostInput extends PreflightInput {
  readonly host: StackHost;
  readonly wanted: DesiredHost;
  readonly sight: Extract<HostSight, { reached: true }>;
}

export interface PreflightCheck {
  /** The name of its file. */
  readonly id: string;
  /** What is true when it passes, as a sentence. */
  readonly proves: string;
  /** Ids of questions that every host is asked anyway (src/targets/host/first-look.ts). */
  readonly looks?: readonly string[];
  /** Questions of its own. */
  asks?(
    host: StackHost,
    wanted: DesiredHost,
    input: Pick<PreflightInput, "stack" | "archives">,
  ): readonly HostQuestion[];
  /** One host that answered. */
  judge?(input: HostInput): readonly PreflightDraft[];
  /** What only all hosts together show. */
  judgeAll?(input: PreflightInput): readonly PreflightDraft[];
}

/** `watchmend.preflight/v1` */
export interface Preflight {
  readonly schema: "watchmend.preflight/v1";
  readonly tool: { readonly version: string };
  readonly stack: string;
  readonly verdict: "go" | "stop" | "unknown";
  readonly counts: { readonly [State in PreflightState]: number };
  /** Unknowns that a person accepted: they stop nothing. */
  readonly accepted: boolean;
  readonly results: readonly PreflightResult[];
}
