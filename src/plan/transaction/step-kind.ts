// What every kind of step brings to a transaction. A new kind is a file below kinds/ and one line in its registry.
import type { Step } from "../../model/plan.ts";
import type { BackupStore } from "./backup-store.ts";
import type { Doors } from "./doors.ts";
import type { LockTarget } from "./entry.ts";
import type { HostLock } from "./host-lock.ts";

/** What a kind may use while it looks. */
export interface LookContext {
  readonly doors: Doors;
  readonly steps: readonly Step[];
  readonly signal?: AbortSignal;
  /** Somebody has asked for it in so many words. */
  readonly mayOpenFirewall?: boolean;
  /** The same for rights over a host that a step would hand out. */
  readonly mayGiveRights?: boolean;
  /** Texts as the plan found them, by subject: lines of later steps are lines of these. */
  readonly originals: Map<string, string>;
  /** In a preview: texts as the steps before would leave them, by subject. */
  readonly pending?: Map<string, string>;
}

export interface ActContext {
  readonly doors: Doors;
  readonly transaction: string;
  readonly backup: BackupStore;
  readonly hostLock: (host: string) => HostLock | undefined;
  readonly signal?: AbortSignal;
}

/** What would be done to the live thing, and all that is needed to take it back. */
export type Look<Image> =
  | {
      readonly state: "change";
      /** The thing, as people and fingerprints name it: `node1:/srv/x`, `ConfigMap mon/loki`. */
      readonly subject: string;
      readonly lock: LockTarget;
      readonly before: string;
      readonly after: string;
      /** Which state of the thing this was planned on. */
      readonly fingerprint: string;
      /** Things to know before saying yes. */
      readonly notes?: readonly string[];
      /** Made only when it is going to be done: writes what is large into the backup. */
      image(backup: BackupStore): Image;
      /** Asks the API server whether it would take the change; a sentence when it would not. */
      rehearse?(): Promise<string | undefined>;
    }
  | { readonly state: "already"; readonly subject: string }
  | { readonly state: "left"; readonly because: string; readonly command?: string }
  | { readonly state: "refused"; readonly because: string };

/** How the live thing stands to the images of a step. */
export type Standing =
  | { readonly is: "before" | "after" }
  /** Ours, but cut off in the middle. */
  | { readonly is: "between" }
  /** Somebody has changed it since; `says` shows how. */
  | { readonly is: "elsewhere"; readonly says: string };

export type Gate =
  | { readonly state: "ready"; readonly says: string }
  | { readonly state: "waiting"; readonly says: string }
  /** Waiting longer will not help; the diagnosis afterwards says why. */
  | { readonly state: "failing"; readonly says: string };

export interface StepKind<S extends Step, Image> {
  readonly does: readonly S["do"][];
  look(step: S, context: LookContext): Promise<Look<Image>>;
  /** Reads an image from the journal; throws when it is not one. */
  parse(image: unknown): Image;
  act(image: Image, context: ActContext): Promise<void>;
  where(image: Image, context: ActContext): Promise<Standing>;
  undo(image: Image, context: ActContext): Promise<void>;
  /** Why what was done has to stay, though nobody changed it: others have built on it since, and would break without it. */
  inUse?(image: Image, context: ActContext): Promise<string | undefined>;
  /** True: undone after all others, by doing it once more, so that what was put back is read again. */
  readonly again?: boolean | ((image: Image) => boolean);
  /** What must come true before the next diagnosis means anything. */
  gate?(image: Image, context: ActContext): Promise<Gate>;
  /** How a person would put it back with kubectl, docker and a shell; paths of `backup` are relative. */
  byHand(image: Image): readonly string[];
}

export type AnyKind = StepKind<Step, unknown>;

/** Is this step taken back by doing it once more? */
export function isDoneAgain({ again }: AnyKind, image: unknown): boolean {
  return typeof again === "function" ? again(image) : again === true;
}

/** Keeps steps and images of a kind together; the registry only ever gives a kind its own. */
export function defineKind<S extends Step, Image>(kind: StepKind<S, Image>): AnyKind {
  return kind as unknown as AnyKind;
}
