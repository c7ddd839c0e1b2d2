// What should be on the hosts, as data: rendering makes it, plans compare it with what is there.
import type { SecretRef } from "./secret-ref.ts";
import type { DeployedKind, Runtime } from "./stack-file.ts";

export interface DesiredState {
  readonly stack: string;
  readonly hosts: readonly DesiredHost[];
  /** Objects per cluster, in the order in which they can be created. */
  readonly clusters: readonly DesiredCluster[];
  /** Files for people and tools that belong to no host: rule tests, the http_sd answers. Path below the tree. */
  readonly extras: readonly { readonly path: string; readonly content: string }[];
  /** Every target that must have a fresh sample once all of this runs. */
  readonly targets: readonly ExpectedTarget[];
}

export interface DesiredHost {
  readonly name: string;
  readonly runtime: Runtime;
  readonly directories: readonly DesiredDirectory[];
  readonly files: readonly DesiredFile[];
  readonly secrets: readonly DesiredSecret[];
  readonly containers: readonly ContainerSpec[];
  /** On the host of the servers: every host of the stack with its address, so that a later plan knows who has left it. */
  readonly members?: Readonly<Record<string, HostMember>>;
  /** What is special here, and why: told with every plan that changes this host. */
  readonly notes: readonly string[];
}

/** How a host is reached, and where its part of the stack lies: what is needed to clean it once it has left the model. */
export interface HostMember {
  readonly address: string;
  /** Missing in records of early versions, which noted the address alone. */
  readonly directory?: string | undefined;
  readonly runtime?: Runtime | undefined;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly key?: string | undefined;
  readonly jump?: string | undefined;
}

export interface Owned {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** `state`: the container writes there; its content is data and is never touched. */
export interface DesiredDirectory extends Owned {
  readonly path: string;
  readonly holds: "config" | "state" | "secrets";
}

export interface DesiredFile extends Owned {
  readonly path: string;
  readonly content: string;
  /** The component that reads it, and what makes it read it again. Nothing: it notices by itself. */
  readonly readBy?: DeployedKind;
  readonly change: "restart" | "reload" | "none";
}

/** A file whose content is taken from the reference when the plan is applied; never part of a tree or a plan. */
export interface DesiredSecret extends Owned {
  readonly path: string;
  readonly from: SecretRef;
  readonly readBy: DeployedKind;
  /** What makes its reader take a new value. Nothing: it looks by itself. */
  readonly change: DesiredFile["change"];
}

export interface ContainerMount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly propagation?: "rslave";
  /** What another program wrote before, and must not write to any more: both would read on from one place. */
  readonly inherited?: true;
  /** Relabelled for SELinux: our own folders only, never a foreign one or a socket. */
  readonly relabel?: true;
}

export interface ReadyDoor {
  readonly url: string;
  /** Folder of the host with a `curl.conf` that opens it: certificate, password. */
  readonly keys?: string;
}

export interface ContainerSpec {
  readonly name: string;
  readonly component: DeployedKind;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly user?: string;
  readonly network: "host";
  readonly pid?: "host";
  readonly usernsMode?: "host";
  readonly privileged?: boolean;
  readonly readOnlyRoot?: boolean;
  readonly capDrop: readonly string[];
  readonly capAdd: readonly string[];
  readonly devices: readonly string[];
  readonly securityOpt: readonly string[];
  readonly mounts: readonly ContainerMount[];
  readonly restart: "unless-stopped";
  readonly stopSeconds: number;
  readonly memory?: string;
  readonly cpus?: number;
  readonly logOptions: Readonly<Record<string, string>>;
  /** Ownership and the hash of everything above. */
  readonly labels: Readonly<Record<string, string>>;
  /** Ports it will hold on the host. */
  readonly ports: readonly number[];
  /** Asked from outside: current Loki and Alloy images have no shell. */
  readonly ready: ReadyDoor;
  readonly reload?: { readonly url: string } | { readonly signal: string };
  /** Its own validator, for what lies in `configFolder`. Not part of the hash: it changes nothing about the container. */
  readonly validate?: ValidatedFolder;
}

/** A program of the image; without one, the image's own entry point. Both end with 0 for a configuration that is right. */
export interface ConfigCheck {
  readonly program?: string;
  readonly args: readonly string[];
}

export interface ValidatedFolder {
  readonly folder: string;
  readonly checks: readonly ConfigCheck[];
}

export interface DesiredCluster {
  readonly name: string;
  readonly context?: string;
  readonly namespace: string;
  readonly objects: readonly KubernetesManifest[];
}

export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

export interface ExpectedTarget {
  readonly job: string;
  readonly instance: string;
  readonly host?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Not expected to be there all the time: no gate waits for it. */
  readonly optional: boolean;
  /** Scraped by the server, or pushed by an agent of the host. */
  readonly way: "pull" | "push";
}

export const ownerLabels = {
  owner: "io.watchmend.owner",
  stack: "io.watchmend.stack",
  component: "io.watchmend.component",
  host: "io.watchmend.host",
  spec: "io.watchmend.spec-sha256",
  /** Folder of the host with the keys of the container's door (`ReadyDoor.keys`). */
  keys: "io.watchmend.keys",
  /** `http` where that door has a password and no TLS. */
  scheme: "io.watchmend.scheme",
} as const;
