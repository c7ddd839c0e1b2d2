// Ordered steps as data. No step carries its undo: the executor stores the before-image and derives it.
import type { ConfigCheck, ContainerSpec, DesiredDirectory, Owned, ReadyDoor } from "./desired.ts";
import type { Place } from "./place.ts";
import type { SecretRef } from "./secret-ref.ts";

export type Risk = "safe" | "disruptive" | "destructive";

/** Where a text stands on a live target; steps made from saved evidence name only the file of the evidence. */
export type LivePlace =
  | { readonly kind: "file"; readonly host?: string; readonly path: string }
  /** A file that is a key of an object's `data`. */
  | {
      readonly kind: "object-key";
      readonly object: string;
      readonly namespace?: string;
      readonly name: string;
      readonly key: string;
    };

/** Where a step acts: a file of the evidence or repository, a Kubernetes object, a path on a host, a container. */
export type Step =
  | {
      /** Sets, replaces or removes keys of a YAML or JSON document by byte-range edits; comments and other lines stay identical. */
      readonly do: "edit-document";
      readonly title: string;
      readonly file: Place;
      /** For a file embedded in a ConfigMap: the key below `data`. */
      readonly embeddedKey?: string;
      readonly edits: readonly DocumentEdit[];
      readonly live?: LivePlace;
    }
  | {
      /** Replaces whole lines of a text file. `lines` are 1-based and inclusive; `expect` is what must stand there now. */
      readonly do: "replace-lines";
      readonly title: string;
      readonly file: Place;
      readonly from: number;
      readonly to: number;
      readonly expect: string;
      readonly replacement: string;
      readonly live?: LivePlace;
    }
  | {
      readonly do: "write-file";
      readonly title: string;
      readonly host?: string;
      readonly path: string;
      readonly content: string;
      readonly mode?: number;
    }
  | {
      /** Numeric owner and mode of exactly this path, never recursive. */
      readonly do: "set-owner";
      readonly title: string;
      readonly host?: string;
      readonly path: string;
      readonly uid?: number;
      readonly gid?: number;
      readonly mode?: number;
      /** Also what lies below under these names (`*`: anything) and belongs to user `uid`; without it nothing below is touched. */
      readonly below?: { readonly names: readonly string[]; readonly uid: number };
    }
  | {
      readonly do: "patch-object";
      readonly title: string;
      readonly kind: string;
      readonly namespace?: string;
      readonly name: string;
      /** RFC 6902 operations. */
      readonly patch: readonly {
        readonly op: "add" | "replace" | "remove" | "test";
        readonly path: string;
        readonly value?: unknown;
      }[];
    }
  | {
      /**
       * A container made again under its name, from its own settings with these changed. The old one is renamed and kept.
       * The operations are on what the engine's inspect shows: `/HostConfig/PortBindings/9100~1tcp/0/HostIp`.
       */
      readonly do: "recreate-container";
      readonly title: string;
      readonly host?: string;
      readonly name: string;
      readonly patch: readonly {
        readonly op: "add" | "replace" | "remove" | "test";
        readonly path: string;
        readonly value?: unknown;
      }[];
    }
  | {
      /** Folders and files of a deployment on one host, all in one go. What is so already is not touched. */
      readonly do: "put-files";
      readonly title: string;
      readonly host: string;
      readonly directories: readonly DesiredDirectory[];
      readonly files: readonly PutFile[];
      /** Files that an earlier deployment wrote, with the hash it wrote (of secrets none is kept), and that are not part of it any more. */
      readonly remove: readonly { readonly path: string; readonly sha256?: string }[];
      /** Folders that are taken away where they are empty by then. */
      readonly removeEmpty?: readonly string[];
    }
  | {
      /**
       * The component's own word on its configuration, before it is put there: its validator, in the image that will run, without
       * network, over a copy of the folders as they will be (`put-files` of the same plan). Nothing is changed by it.
       */
      readonly do: "check-config";
      readonly title: string;
      readonly host: string;
      readonly engine: "docker" | "podman";
      readonly component: string;
      readonly image: string;
      readonly user?: string;
      /** Folders of the host, and where the component sees them. */
      readonly folders: readonly { readonly path: string; readonly target: string }[];
      readonly checks: readonly ConfigCheck[];
    }
  | {
      /**
       * The data of a component copied beside it before something risky: what never changes as hard links, the rest as a copy. A
       * running Prometheus with its admin API makes the copy itself; everything else is stopped meanwhile.
       */
      readonly do: "backup-data";
      readonly title: string;
      readonly host: string;
      readonly engine: "docker" | "podman";
      /** The container that writes the data. */
      readonly name: string;
      readonly component: string;
      /** A folder of the host, or the name of a volume. */
      readonly from: string;
      /** Folder of all backups. */
      readonly below: string;
      /** Where the running Prometheus is asked for a snapshot. */
      readonly snapshot?: ReadyDoor;
    }
  | {
      /** A folder of data put aside on the same disk, to be thrown away by a person or moved back. */
      readonly do: "move-folder";
      readonly title: string;
      readonly host: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      /**
       * A container of a deployment: made, or made anew from another spec. The one before is renamed, stopped and kept until the
       * deployment is seen to work. Without a spec it is taken away. Only containers with our labels, or adopted ones.
       */
      readonly do: "put-container";
      readonly title: string;
      readonly host: string;
      readonly engine: "docker" | "podman";
      readonly name: string;
      readonly spec?: ContainerSpec;
      /** It may be somebody else's: the model names it as the one to take over. */
      readonly adopt?: true;
      /** It says it is the same, and is not: somebody has changed it behind its labels. */
      readonly drifted?: true;
    }
  | {
      /** Makes a component read its configuration again, and waits until it says that it did. */
      readonly do: "refresh-container";
      readonly title: string;
      readonly host: string;
      readonly engine: "docker" | "podman";
      readonly name: string;
      readonly how: "restart" | { readonly signal: string } | { readonly url: string };
      readonly ready: string;
      /** `ReadyDoor.keys` */
      readonly keys?: string;
    }
  | {
      /** A running program reads its configuration again: by signal or over its own door, by a restart where it has neither. */
      readonly do: "reload";
      readonly title: string;
      /** What runs there: decides how it is told. */
      readonly component: string;
      readonly what: {
        readonly kind: "workload" | "container";
        readonly host?: string;
        readonly namespace?: string;
        readonly name: string;
      };
    }
  | {
      readonly do: "restart";
      readonly title: string;
      readonly what: {
        readonly kind: "pod" | "workload" | "container" | "unit";
        readonly host?: string;
        readonly namespace?: string;
        readonly name: string;
      };
    }
  | {
      /**
       * One source address is let in to one TCP port, before the rule that keeps it out. Shown with its command, and carried out only
       * where that was asked for in so many words.
       */
      readonly do: "admit-source";
      readonly title: string;
      readonly host: string;
      readonly tool: "iptables" | "nft" | "ufw" | "firewalld";
      /** One address, never a network. */
      readonly source: string;
      readonly port: number;
      /** Of iptables and nft: where the rule that keeps it out stands. */
      readonly chain?: string;
      readonly table?: string;
      readonly zone?: string;
    }
  | {
      /** Something only a person can or should do; `command` is exact and safe to paste. */
      readonly do: "by-hand";
      readonly title: string;
      readonly host?: string;
      readonly command?: string;
    };

/** The content, or where it comes from when the plan is carried out: secrets are never part of a plan. */
export type PutFile = Owned & { readonly path: string } & (
    | { readonly content: string }
    | { readonly secret: SecretRef }
  );

/**
 * `set` puts the value there, creating what is missing on the way; `replace` only where something stands already;
 * `append` adds it to the list at the path unless the list has it; `remove` takes the key or list item away.
 * Each is a no-op where it has been done already, so that applying twice changes nothing.
 */
export interface DocumentEdit {
  readonly op: "set" | "replace" | "append" | "remove";
  readonly path: readonly (string | number)[];
  readonly value?: unknown;
  /** What stands there now; anything else refuses the edit. Required to remove a list item: its index alone says too little. */
  readonly expect?: unknown;
}
