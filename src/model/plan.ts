// Ordered steps as data. No step carries its undo: the executor stores the before-image and derives it.
import type { Place } from "./place.ts";

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
      /** Something only a person can or should do; `command` is exact and safe to paste. */
      readonly do: "by-hand";
      readonly title: string;
      readonly host?: string;
      readonly command?: string;
    };

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
