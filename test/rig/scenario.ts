// What a scenario is: a healthy system, a fault put into it for real, what must be seen then, and the way back.
import type { Cluster } from "./cluster.ts";
import type { Expected } from "./diagnosis/expected.ts";
import type { Host } from "./host.ts";
import type { Part } from "./parts/part.ts";
import type { CommandOptions, Ran } from "./process/command.ts";
import type { Hosts } from "./world/hosts.ts";

/** What every scenario may use, whichever world it plays in. */
export type Stage = {
  /** Runs a program where the operator sits: on the network of the hosts and the cluster, outside of all of them. */
  readonly operator: (argv: readonly string[], options?: CommandOptions) => Promise<Ran>;
  /** The same as an argument list, for programs that outlive a call. */
  readonly operatorCommand: (argv: readonly string[]) => string[];
  /** Runs the built command line of this repository there. Its exit code is an answer, not an error. */
  readonly watchmend: (args: readonly string[], options?: CommandOptions) => Promise<Ran>;
  /** Judges the system as it is now: saves a bundle, diagnoses it, and compares the answer with the truth. */
  readonly diagnoses: (expected: Expected) => Promise<void>;
  /** The same as an argument list, for runs that are killed on the way. */
  readonly watchmendCommand: (args: readonly string[]) => Promise<string[]>;
  /** From now on watchmend reads the world with these flags instead of the usual ones. */
  readonly readWith: (flags: readonly string[]) => void;
  /** The flags that watchmend reads the world with now. */
  readonly readsWith: () => readonly string[];
  /** From now on watchmend is started by this command, which gets its command line as arguments; one given before starts this one. */
  readonly startWith: (argv: readonly string[]) => void;
  /** Undone after the scenario in reverse order, also when it failed half-way. */
  readonly defer: (undo: () => Promise<unknown>) => void;
  /** A folder of this scenario's own on the operator's side. */
  readonly dir: string;
};

export type HostsStage = Stage & {
  readonly hosts: Hosts;
  /** One more host, for a scenario that needs more than the three; it ends with the scenario. */
  readonly anotherHost: (name: string, address: string) => Promise<Host>;
};
export type ClusterStage = Stage & {
  readonly cluster: Cluster;
  /** A namespace of this scenario's own; it is gone before the next scenario starts. */
  readonly namespace: string;
};

/** Watchmend repairs the fault by itself: the suite `remediate` plays the scenario as `repair-NAME`, there, back and there again. */
export type Repair<S extends Stage> = {
  /** Part of the cross-section that CI runs. */
  readonly core?: true;
  /** What the repair says that it does; each must stand in its output. */
  readonly does: readonly string[];
  /** More flags for every command, as the host that a volume lies on. */
  readonly flags?: readonly string[];
  /** What the repair needs to be allowed in so many words. */
  readonly consents?: readonly string[];
  /** What a repair needs beyond what a look does, as more rights. */
  readonly before?: (stage: S) => Promise<unknown>;
  /** What must come back with owner, mode and bytes, beside what is always compared: `HOST:PATH`. */
  readonly watches?: (stage: S) => readonly string[];
  /** Seconds that a change may take to show its effect. */
  readonly wait?: number;
  /** Rules of what is wrong as well and is left for a person. */
  readonly leaves?: readonly string[];
  /** What brings the fault to light once more after it was taken back, where that alone does not. */
  readonly provoke?: (stage: S) => Promise<unknown>;
  /** What `rollback` says where taking it back would lose something: then it has to refuse, and to put nothing back. */
  readonly mustStay?: RegExp;
  /** Why taking it back leaves a healthy system: what was done holds no object and no byte that could be put back. */
  readonly staysRepaired?: string;
};

type Story<S extends Stage> = {
  readonly name: string;
  /** One sentence: the fault and what must come out. */
  readonly title: string;
  /** Part of the cross-section that CI runs. */
  readonly core: boolean;
  /** Parts it uses beyond those that its world is made of. */
  readonly needs: readonly Part[];
  /** Brings up the healthy system. */
  readonly arrange: (stage: S) => Promise<void>;
  /** The healthy twin: must hold before the fault and again after the way back. */
  readonly healthy: (stage: S) => Promise<void>;
  readonly inject: (stage: S) => Promise<void>;
  /** The fault as a person sees it, so that a missing diagnosis is not a missing fault. */
  readonly expect: (stage: S) => Promise<void>;
  /** What watchmend must say of it, asked right after `expect`. */
  readonly finds: Expected;
  readonly recover: (stage: S) => Promise<void>;
  readonly repair?: Repair<S>;
  /** Instead of all of the above: what watchmend does is what is tested, not what it says of a fault. */
  readonly deed?: (stage: S) => Promise<void>;
};

type Deed<S extends Stage> = Pick<Story<S>, "name" | "title" | "core" | "needs"> & {
  readonly play: (stage: S) => Promise<void>;
};

export type HostsScenario = Story<HostsStage> & { readonly world: "hosts" };
export type ClusterScenario = Story<ClusterStage> & { readonly world: "cluster" };
export type Scenario = HostsScenario | ClusterScenario;

export const hostsScenario = (story: Story<HostsStage>): Scenario => ({ ...story, world: "hosts" });
const nothing = (): Promise<void> => Promise.resolve();

const unused = {
  ...{ arrange: nothing, healthy: nothing, inject: nothing, expect: nothing, recover: nothing },
  finds: { roots: [] },
};

export const hostsDeed = ({ play, ...about }: Deed<HostsStage>): Scenario => ({
  ...about,
  ...unused,
  world: "hosts",
  deed: play,
});
export const clusterDeed = ({ play, ...about }: Deed<ClusterStage>): Scenario => ({
  ...about,
  ...unused,
  world: "cluster",
  deed: play,
});
export const clusterScenario = (story: Story<ClusterStage>): Scenario => ({ ...story, world: "cluster" });

export const suiteNames = ["collect", "deploy", "remediate", "validate"] as const;
export type SuiteName = (typeof suiteNames)[number];

/** A plain comparison whose message says what was compared. */
export const same = (what: string, seen: unknown, wanted: unknown): void => {
  if (JSON.stringify(seen) === JSON.stringify(wanted)) return;
  throw new Error(`${what}: wanted ${JSON.stringify(wanted)}, saw ${JSON.stringify(seen)}`);
};

export const contains = (what: string, text: string, wanted: string | RegExp): void => {
  const found = typeof wanted === "string" ? text.includes(wanted) : wanted.test(text);
  if (!found) throw new Error(`${what}: wanted ${String(wanted)} in:\n${text.slice(-2000)}`);
};
