// Facts of a machine (or of the inside of a container), read from the ordinary command line tools.
import type { ComponentKind } from "./component.ts";
import type { Place } from "./place.ts";

export interface Listener {
  readonly at: Place;
  readonly host?: string;
  /** Inside which container or pod it was looked at, if not on the host. */
  readonly container?: string;
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly process?: string;
  readonly pid?: number;
}

/** One rule of iptables, nft, ufw or firewalld, as far as it says what happens to which packets. */
export interface FirewallRule {
  readonly at: Place;
  readonly host?: string;
  readonly tool: "iptables" | "nft" | "ufw" | "firewalld";
  readonly table?: string;
  readonly chain?: string;
  /** ACCEPT, DROP, REJECT, DNAT, … or the chain jumped to; "policy" rules carry the chain's default. */
  readonly action: string;
  readonly isPolicy?: boolean;
  readonly protocol?: string;
  readonly ports?: readonly string[];
  readonly source?: string;
  readonly destination?: string;
  readonly inInterface?: string;
  readonly outInterface?: string;
  /** Where a DNAT rule sends the packet: `172.17.0.3:9100`. */
  readonly to?: string;
  /** Only for packets in these connection states, e.g. ["RELATED", "ESTABLISHED"]. */
  readonly states?: readonly string[];
  /** Matches that the fields above do not express (a set, a limit, a mark): the rule hits only some of these packets. */
  readonly isPartial?: boolean;
  readonly packets?: number;
  /** The firewalld zone the rule stands in: which packets it is asked about. */
  readonly zone?: FirewallZone;
  /** IP family the rule is for, when only one. */
  readonly family?: "ipv4" | "ipv6";
  readonly text: string;
}

/** A zone with a source address takes its packets before one with an interface; what belongs to none is the default zone's. */
export interface FirewallZone {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly isDefault?: boolean;
}

export interface FirewallState {
  readonly at: Place;
  readonly host?: string;
  readonly tool: "iptables" | "nft" | "ufw" | "firewalld";
  readonly active: boolean;
}

/** A line of `df`: sizes in bytes, or numbers of inodes for `df -i`. */
export interface Disk {
  readonly at: Place;
  readonly host?: string;
  /** Inside which container or pod it was looked at, if not on the host. */
  readonly container?: string;
  readonly filesystem: string;
  readonly type?: string;
  readonly mount: string;
  readonly unit: "bytes" | "inodes";
  readonly size?: number;
  readonly used?: number;
  readonly available?: number;
  readonly usedPercent?: number;
}

/** A file or folder with its owner and mode, from `ls -l`, `stat`, `find -printf` or a fix that sets them. */
export interface FileEntry {
  readonly at: Place;
  readonly host?: string;
  /** Inside which container or pod the path is seen, if not on the host. */
  readonly container?: string;
  readonly path: string;
  readonly type?: "file" | "directory" | "link" | "socket" | "other";
  readonly uid?: number;
  readonly gid?: number;
  readonly owner?: string;
  readonly group?: string;
  /** Permission bits, e.g. 0o755. */
  readonly mode?: number;
  readonly size?: number;
  readonly linkTarget?: string;
  readonly inode?: number;
  readonly selinuxContext?: string;
  readonly mtime?: string;
  /** The mode has a plus sign: an access control list says more than the bits. */
  readonly hasAcl?: boolean;
  /** `size` is that of everything below the path (`du`). */
  readonly isTotal?: boolean;
  /** Entries of the access control list for named users and groups: `user:prometheus:rwx`. */
  readonly acl?: readonly string[];
  /** The tool said that the path does not exist. */
  readonly missing?: boolean;
}

export interface UserAccount {
  readonly at: Place;
  readonly host?: string;
  readonly container?: string;
  readonly name?: string;
  readonly uid: number;
  readonly gid?: number;
  readonly groups?: readonly { readonly gid: number; readonly name?: string }[];
}

export interface Clock {
  readonly at: Place;
  readonly host?: string;
  readonly nowMs?: number;
  readonly synchronised?: boolean;
  readonly ntpActive?: boolean;
  /** Positive: the host is ahead of its time source. Seconds. */
  readonly offsetSeconds?: number;
  /** What `offsetSeconds` was measured against, when it is not the host's own time source. */
  readonly against?: string;
}

export interface Route {
  readonly at: Place;
  readonly host?: string;
  readonly container?: string;
  /** CIDR; 0.0.0.0/0 for the default route. */
  readonly destination: string;
  readonly gateway?: string;
  readonly device?: string;
  readonly source?: string;
}

export interface InterfaceAddress {
  readonly at: Place;
  readonly host?: string;
  readonly container?: string;
  readonly device: string;
  readonly cidr: string;
  readonly up?: boolean;
  readonly mtu?: number;
}

/** How an attempt to reach something ended, by errno class. */
export type DialOutcome =
  | "connected"
  | "refused"
  | "timeout"
  | "no-route"
  | "network-unreachable"
  | "nxdomain"
  | "dns-failure"
  | "reset"
  | "tls"
  | "empty-reply"
  | "http-error"
  | "other-error";

/** One attempt ("dial") of one place to reach another: curl, nc, ping, nslookup, dig, getent, a Go dial error in a log. */
export interface Dial {
  readonly at: Place;
  readonly fromHost?: string;
  readonly fromContainer?: string;
  readonly fromNamespace?: string;
  readonly fromPod?: string;
  /** Who tried, where a log line says so. */
  readonly fromComponent?: ComponentKind;
  /** `log` for a dial error in a log or error panel. */
  readonly tool: string;
  /** As written: URL, host:port or a bare name. */
  readonly target: string;
  readonly targetHost?: string;
  readonly targetPort?: number;
  readonly outcome: DialOutcome;
  readonly httpStatus?: number;
  readonly body?: string;
  readonly resolver?: string;
  readonly addresses?: readonly string[];
  /** The error as written, from a log. */
  readonly error?: string;
  /** Milliseconds since 1970 of the newest attempt. */
  readonly timeMs?: number;
  /** How many attempts ended like this. */
  readonly count?: number;
}

export interface Setting {
  readonly at: Place;
  readonly host?: string;
  readonly container?: string;
  /** sysctl key, `selinux` (getenforce), `ulimit -n`, … */
  readonly name: string;
  readonly value: string;
  /** The whole line, where it stands in a file. */
  readonly written?: string;
}

export interface ProcessEntry {
  readonly at: Place;
  readonly host?: string;
  readonly container?: string;
  readonly pid?: number;
  readonly user?: string;
  readonly argv: readonly string[];
  /** The systemd unit that starts it. */
  readonly unit?: string;
  /** It stands in a unit file, which does not show that it runs. */
  readonly isDeclared?: boolean;
}

export interface MountEntry {
  readonly at: Place;
  readonly host?: string;
  readonly container?: string;
  readonly source: string;
  readonly target: string;
  readonly type?: string;
  readonly options?: readonly string[];
  /** Propagation as findmnt shows it: private, shared, slave. */
  readonly propagation?: string;
  /** Path within the source that is mounted, where it is not the whole. */
  readonly root?: string;
  /** What is mounted was removed or replaced since: only this mount still shows it. */
  readonly isReplaced?: boolean;
  /** Name of the Docker volume whose folder this is. */
  readonly volume?: string;
  /** It stands in fstab or a unit, which does not show that it is mounted now. */
  readonly isDeclared?: boolean;
}

export interface SystemdUnit {
  readonly at: Place;
  readonly host?: string;
  readonly name: string;
  readonly active?: string;
  readonly sub?: string;
  readonly enabled?: string;
  readonly result?: string;
  /** Path of the unit file. */
  readonly path?: string;
  /** `User=` of the unit. */
  readonly user?: string;
  readonly exitStatus?: number;
  readonly restarts?: number;
}

/** `prometheus, version 2.1.0`, `Docker version 29.0.0`, `chart prometheus 13.1.0 -> 13.2.0`. */
export interface VersionStatement {
  readonly at: Place;
  readonly host?: string;
  /** Component kind, or a tool's name (`docker`, `helm`, `kubernetes`, `chart:<name>`). */
  readonly of: string;
  readonly version: string;
  /** Set when the text says that this is what was there before an upgrade. */
  readonly before?: string;
}
