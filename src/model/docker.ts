// Docker (and Podman) facts, normalised: the same shape from `inspect`, `ps`, compose files and the engine's API.
import type { Place } from "./place.ts";

export interface PublishedPort {
  readonly at: Place;
  /** Address on the host: 0.0.0.0, ::, 127.0.0.1, … */
  readonly hostIP?: string;
  readonly hostPort?: number;
  readonly containerPort: number;
  readonly protocol: string;
}

export interface DockerMount {
  readonly at: Place;
  readonly type?: "bind" | "volume" | "tmpfs";
  /** Path on the host; for a volume of which only the name is known, that name. */
  readonly source?: string;
  /** Name of the volume. */
  readonly name?: string;
  readonly target: string;
  readonly readOnly?: boolean;
  readonly propagation?: string;
}

/** A container as an engine runs it ("running") or as a compose file or `docker run` line wants it ("declared"). */
export interface DockerContainer {
  readonly at: Place;
  readonly origin: "running" | "declared";
  readonly host?: string;
  readonly name: string;
  readonly service?: string;
  readonly project?: string;
  readonly id?: string;
  readonly image?: string;
  readonly state?: string;
  /** The STATUS column: `Up 3 minutes (healthy)`, `Restarting (1) 12 seconds ago`. */
  readonly statusText?: string;
  readonly exitCode?: number;
  readonly oomKilled?: boolean;
  readonly error?: string;
  readonly restartCount?: number;
  readonly health?: string;
  readonly startedMs?: number;
  readonly createdMs?: number;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly args?: readonly string[];
  readonly argsAt?: Place;
  /** What the engine was given beside the image's entry point; `args` of a running container hold both. */
  readonly command?: readonly string[];

  readonly env?: readonly { readonly at: Place; readonly name: string; readonly value?: string }[];
  readonly ports?: readonly PublishedPort[];
  /** host, bridge, none, container:…, or the name of a user-defined network. */
  readonly networkMode?: string;
  readonly networks?: readonly {
    readonly name: string;
    readonly ip?: string;
    readonly aliases?: readonly string[];
  }[];
  readonly mounts?: readonly DockerMount[];
  readonly privileged?: boolean;
  readonly pidMode?: string;
  /** `host`: outside the user namespace of the daemon (userns-remap). */
  readonly usernsMode?: string;
  readonly securityOpt?: readonly string[];
  readonly extraHosts?: readonly string[];
  readonly capAdd?: readonly string[];
  /** Supplementary groups (`group_add`): names or numbers. */
  readonly groupAdd?: readonly string[];
  readonly devices?: readonly string[];
  readonly logDriver?: string;
  readonly logOptions?: Readonly<Record<string, string>>;
  readonly healthcheck?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly restartPolicy?: string;
  readonly memoryLimitBytes?: number;
  readonly memoryUsageBytes?: number;
  /** For a running container: the one compose service or `docker run` line that describes it. */
  readonly declared?: DockerContainer;
  /** Where single fields stand (`networkMode`, `exitCode`, `user`, …), when they have lines of their own. */
  readonly fieldsAt?: Readonly<Record<string, Place>>;
}

/** A container that a change of ours has put aside, stopped: the way back, and no part of the stack. */
export function isPutAside(name: string): boolean {
  return /\.before-[0-9a-f]{8}$/.test(name);
}

export interface DockerNetwork {
  readonly at: Place;
  readonly host?: string;
  readonly name: string;
  readonly id?: string;
  readonly driver?: string;
  readonly subnets?: readonly string[];
  readonly gateways?: readonly string[];
  readonly containers?: readonly string[];
  /** Container name to its address in this network. */
  readonly addresses?: Readonly<Record<string, string>>;
  readonly mtu?: number;
  /** Name of the bridge device on the host: `docker0`, `br-1a2b3c…`. */
  readonly bridge?: string;
  readonly internal?: boolean;
  readonly options?: Readonly<Record<string, string>>;
}

export interface DockerEngine {
  readonly at: Place;
  readonly host?: string;
  readonly version?: string;
  readonly apiVersion?: string;
  readonly minApiVersion?: string;
  readonly storageDriver?: string;
  /** `io.containerd.snapshotter.v1` when images live in containerd's store. */
  readonly storageDriverType?: string;
  readonly cgroupVersion?: string;
  readonly cgroupDriver?: string;
  readonly rootDir?: string;
  readonly loggingDriver?: string;
  readonly securityOptions?: readonly string[];
  readonly rootless?: boolean;
  readonly operatingSystem?: string;
  readonly arch?: string;
  readonly isPodman?: boolean;
  readonly clientVersion?: string;
  readonly clientApiVersion?: string;
  readonly kernelVersion?: string;
  readonly memoryBytes?: number;
  readonly liveRestore?: boolean;
  /** Where single fields stand. */
  readonly fieldsAt?: Readonly<Record<string, Place>>;
}
