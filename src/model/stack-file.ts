// The model of a deployed stack: `watchmend.yaml` after reading, with every default filled in. Plain data; nothing is looked up later.
import type { SecretRef } from "./secret-ref.ts";

/** What watchmend deploys. The first group runs once, on one host; the second on every agent host. */
export const serverKinds = ["prometheus", "alertmanager", "loki", "grafana", "blackbox-exporter"] as const;
export const agentKinds = ["node-exporter", "cadvisor", "alloy", "promtail", "prometheus-agent"] as const;
export type ServerKind = (typeof serverKinds)[number];
export type AgentKind = (typeof agentKinds)[number];
export type DeployedKind = ServerKind | AgentKind;
export const deployedKinds: readonly DeployedKind[] = [...serverKinds, ...agentKinds];

export const runtimes = ["docker", "podman", "kubernetes"] as const;
export type Runtime = (typeof runtimes)[number];

/** `sleeping`: may be switched off, which is no alarm. `behind-nat`: cannot be scraped; its agents push. */
export const absenceKinds = ["sleeping", "behind-nat"] as const;
export type AbsenceKind = (typeof absenceKinds)[number];

export type Labels = Readonly<Record<string, string>>;

export interface StackFile {
  readonly name: string;
  /** Derived: separate when some agent runs on a host without servers. */
  readonly deployment: "colocated" | "separate";
  /** Sorted by name, so that their order in the file does not matter. */
  readonly hosts: readonly StackHost[];
  readonly components: readonly StackComponent[];
  readonly scrape: readonly ScrapeJob[];
  readonly logs: LogSources;
  readonly alerting: Alerting;
  readonly discovery: Discovery;
  /** The host that goes first in a rollout; else one is chosen. */
  readonly canary?: string;
  readonly intervals: { readonly scrape: string; readonly evaluation: string };
  readonly externalLabels: Labels;
  readonly remoteWrite: readonly RemoteWrite[];
  readonly security?: Security;
}

/** How the stack's components prove who they are to each other. */
export interface Security {
  /** Folder of what is issued for it: absolute, or below the state of the machine that applies. */
  readonly store: string;
  /** Own authority; every host has a certificate of it, valid for so many days. */
  readonly tls?: { readonly days: number };
  /** Without it, who asks shows a certificate. */
  readonly basicAuth?: { readonly username: string; readonly password: SecretRef };
}

export interface StackHost {
  readonly name: string;
  /** What others reach it by: an address or a name, without brackets. */
  readonly address: string;
  /** Further names and addresses it is reached by. */
  readonly names: readonly string[];
  /** What its components listen on. */
  readonly listen: string;
  readonly ssh: SshAccess;
  readonly roles: readonly ("server" | "agent")[];
  readonly labels: Labels;
  readonly runtime: Runtime;
  /** Version of the container engine, when declared. */
  readonly engine?: string;
  readonly absence?: { readonly kind: AbsenceKind; readonly reason?: string };
  /** What runs there, in the order of `deployedKinds`. */
  readonly components: readonly DeployedKind[];
  readonly containerNames: Readonly<Partial<Record<DeployedKind, string>>>;
  /** Folder of configuration and data on the host. */
  readonly directory: string;
  readonly kubernetes?: KubernetesPlace;
}

export interface SshAccess {
  readonly user?: string;
  readonly port?: number;
  readonly key?: string;
  readonly jump?: string;
}

export interface KubernetesPlace {
  readonly context?: string;
  readonly namespace: string;
  readonly storageClass?: string;
}

export interface StackComponent {
  readonly kind: DeployedKind;
  readonly version: string;
  /** Whole reference, with tag or digest. */
  readonly image: string;
  /** File of `docker save` on the machine that applies, for hosts that cannot pull. */
  readonly archive?: string;
  readonly port: number;
  /** Loki's gRPC, Alertmanager's cluster. */
  readonly secondPort?: number;
  /** The one host of a server component. */
  readonly host?: string;
  readonly listen?: string;
  readonly retention?: { readonly time: string; readonly size?: string };
  readonly resources: { readonly memory?: string; readonly cpus?: number; readonly storage?: string };
  readonly args: readonly string[];
  /** Folder of the host or name of a volume that holds its data already. */
  readonly data?: string;
  readonly uid: number;
  readonly gid: number;
  /** cAdvisor: false where its engine may not make privileged containers. */
  readonly privileged?: false;
  /** Grafana. */
  readonly adminPassword?: SecretRef;
  readonly rootUrl?: string;
}

export interface ScrapeTarget {
  /** `10.0.0.5:9100`, or what a probe is asked about. */
  readonly address: string;
  readonly host?: string;
  readonly labels: Labels;
}

export interface ScrapeJob {
  readonly job: string;
  readonly path: string;
  readonly scheme: "http" | "https";
  readonly interval?: string;
  readonly timeout?: string;
  readonly params: Readonly<Record<string, readonly string[]>>;
  readonly honorLabels: boolean;
  readonly targets: readonly ScrapeTarget[];
  /** Module of the blackbox exporter that asks the targets. */
  readonly probe?: string;
  readonly basicAuth?: { readonly username: string; readonly password: SecretRef };
  readonly bearerToken?: SecretRef;
  readonly tls?: { readonly caFile?: string; readonly serverName?: string };
  readonly sampleLimit?: number;
}

export interface FileLog {
  readonly name: string;
  readonly path: string;
  readonly hosts: readonly string[];
  readonly labels: Labels;
  /** Lines that do not match this regular expression belong to the line above. */
  readonly multilineStart?: string;
}

export interface LogSources {
  /** Promtail was there before Alloy, which goes on where it stopped. */
  readonly afterPromtail?: {
    /** Folder or volume of its positions, where it is not our own. */
    readonly data?: string;
  };
  readonly docker: boolean;
  readonly journal: boolean;
  /** Under which name and in which file Promtail keeps its places, where somebody else's Promtail began: another name is another place. */
  readonly journalJob?: string;
  readonly positionsFile?: string;
  readonly files: readonly FileLog[];
}

export interface Receiver {
  readonly name: string;
  readonly severities: readonly string[];
  readonly match: Labels;
  readonly sendResolved: boolean;
  readonly webhook?: { readonly url: string | SecretRef };
  readonly slack?: { readonly url: SecretRef; readonly channel?: string };
  readonly teams?: { readonly url: SecretRef };
  readonly pagerduty?: { readonly key: SecretRef };
  readonly email?: {
    readonly to: string;
    readonly from: string;
    readonly smarthost: string;
    readonly username?: string;
    readonly password?: SecretRef;
  };
}

export interface Alerting {
  readonly receivers: readonly Receiver[];
  readonly groupBy: readonly string[];
  readonly repeat: string;
  /** Names of alerts that are not rendered. */
  readonly disabled: readonly string[];
}

export interface Discovery {
  readonly kind: "static" | "file" | "http";
  /** Base of the http form: `<url>/<job>.json`. */
  readonly url?: string;
}

export interface RemoteWrite {
  readonly url: string;
  readonly basicAuth?: { readonly username: string; readonly password: SecretRef };
  readonly bearerToken?: SecretRef;
  readonly headers: Labels;
}
