// Takes back what the journal of a transaction says was begun: after a failure, after a crash, or on request.

import type { Intent, NewEntry } from "./entry.ts";
import type { Course, Journal } from "./journal.ts";
import { kindOf } from "./kinds/registry.ts";
import { type ActContext, type AnyKind, isDoneAgain, type Standing } from "./step-kind.ts";

export interface Undone {
  /** False: something is not as it was; `says` tells what and why. */
  readonly complete: boolean;
  readonly says: readonly string[];
}

interface Begun {
  readonly intent: Intent;
  readonly kind: AnyKind;
  readonly image: unknown;
}

/** Steps that were begun and not taken back yet, last one first; those done once more at the end in their order. */
function openSteps({ entries }: Course): {
  readonly back: readonly Begun[];
  readonly again: readonly Begun[];
} {
  const gone = new Set(entries.flatMap((one) => (one.what === "undone" ? [one.n] : [])));
  const begun = entries.flatMap((one): Begun[] => {
    if (one.what !== "intent" || gone.has(one.n)) return [];
    const kind = kindOf(one.kind);
    if (!kind) throw new Error(`the journal has a step of the unknown kind ${one.kind}`);
    return [{ intent: one, kind, image: kind.parse(one.image) }];
  });
  return {
    back: begun.filter(({ kind, image }) => !isDoneAgain(kind, image)).reverse(),
    again: begun.filter(({ kind, image }) => isDoneAgain(kind, image)),
  };
}

/** Where every begun step stands now; what somebody changed since, or built on it, cannot be taken back without losing that. */
export async function obstacles(course: Course, context: ActContext): Promise<string[]> {
  const says: string[] = [];
  for (const one of openSteps(course).back) {
    const standing = await one.kind.where(one.image, context);
    if (standing.is === "elsewhere") says.push(standing.says);
    const inUse = standing.is === "after" ? await one.kind.inUse?.(one.image, context) : undefined;
    if (inUse !== undefined) says.push(inUse);
  }
  return says;
}

/** Takes back every step; what somebody else has changed since is left and told. May be repeated after a crash of its own. */
export async function undoAll(
  course: Course,
  journal: Journal,
  context: ActContext,
  because: string,
): Promise<Undone> {
  const says: string[] = [];
  const tell = forgiving(journal, says);
  tell({ what: "undoing", because });
  const { back, again } = openSteps(course);
  let complete = true;
  let changed = 0;
  for (const one of back) {
    const result = await undoOne(one, context);
    if (result.ok) {
      if (result.changed) changed++;
      says.push(...(result.changed ? [`${one.intent.subject} is as it was`] : []));
      tell({ what: "undone", n: one.intent.n });
    } else {
      complete = false;
      says.push(result.because);
      tell({ what: "kept", n: one.intent.n, because: result.because });
    }
  }
  for (const one of again) {
    const result = changed > 0 ? await undoOne(one, context) : ({ ok: true, changed: false } as const);
    if (result.ok) tell({ what: "undone", n: one.intent.n });
    else {
      complete = false;
      says.push(result.because);
      tell({ what: "kept", n: one.intent.n, because: result.because });
    }
  }
  tell({ what: "rolled-back", complete });
  return { complete, says };
}

/**
 * A full disk must not keep things from being put back. What is not written down is done again by the next run, which finds
 * everything as it was and changes nothing.
 */
function forgiving(journal: Journal, says: string[]): (entry: NewEntry) => void {
  let failed = false;
  return (entry) => {
    try {
      journal.append(entry);
    } catch (error) {
      if (!failed)
        says.push(
          `the journal could not be written: ${error instanceof Error ? error.message : String(error)}`,
        );
      failed = true;
    }
  };
}

type UndoneOne =
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly because: string };

async function undoOne({ kind, image, intent }: Begun, context: ActContext): Promise<UndoneOne> {
  try {
    const standing: Standing = await kind.where(image, context);
    if (standing.is === "before") return { ok: true, changed: false };
    if (standing.is === "elsewhere") return { ok: false, because: standing.says };
    const inUse = await kind.inUse?.(image, context);
    if (inUse !== undefined) return { ok: false, because: inUse };
    await kind.undo(image, context);
    const now = await kind.where(image, context);
    // A start or a stop has no before-image to compare with: that the host did it is all there is to know.
    if (kind.again !== undefined || now.is === "before") return { ok: true, changed: true };
    return { ok: false, because: `${intent.subject} was put back, but does not show it` };
  } catch (error) {
    return {
      ok: false,
      because: `${intent.subject} could not be put back: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
