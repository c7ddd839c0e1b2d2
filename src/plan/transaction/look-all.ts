// What steps would do, asked one after the other before anything is touched; nothing is changed.
import type { Step } from "../../model/plan.ts";
import { rightsGiven } from "../rights.ts";
import { denyStep } from "./deny.ts";
import type { Doors } from "./doors.ts";
import { kindFor } from "./kinds/registry.ts";
import type { Look, LookContext } from "./step-kind.ts";

export interface LookOptions {
  readonly doors: Doors;
  /** Steps that wait for another one: when that is left for a person, they are left too. */
  readonly needs?: ReadonlyMap<number, readonly number[]>;
  readonly mayOpenFirewall?: boolean;
  readonly mayGiveRights?: boolean;
  readonly signal?: AbortSignal;
}

export interface Looked {
  readonly step: Step;
  readonly look: Look<unknown>;
}

/** What all steps would do, one after the other; nothing is changed. */
export async function lookAll(
  steps: readonly Step[],
  { doors, needs, signal, mayOpenFirewall, mayGiveRights }: LookOptions,
): Promise<readonly Looked[]> {
  const context: LookContext = {
    doors,
    steps,
    originals: new Map(),
    pending: new Map(),
    ...(signal ? { signal } : {}),
    ...(mayOpenFirewall ? { mayOpenFirewall } : {}),
    ...(mayGiveRights ? { mayGiveRights } : {}),
  };
  const looked: Looked[] = [];
  for (const [n, step] of steps.entries()) {
    const waits = needs?.get(n)?.find((other) => looked[other]?.look.state === "left");
    const look: Look<unknown> =
      waits === undefined
        ? await lookAt(step, context)
        : { state: "left", because: `it waits for step ${waits + 1}, which is left for you` };
    looked.push({ step, look });
  }
  return looked;
}

export async function lookAt(step: Step, context: LookContext): Promise<Look<unknown>> {
  try {
    const denied = denyStep(step);
    if (denied !== undefined) return { state: "refused", because: denied };
    const look = withRights(step, await kindFor(step).look(step, context), context);
    const no = look.state === "change" ? await look.rehearse?.() : undefined;
    return no === undefined ? look : { state: "refused", because: no };
  } catch (error) {
    return { state: "refused", because: messageOf(error) };
  }
}

/** Rights over a host are handed out only where somebody was asked for that. */
function withRights(step: Step, look: Look<unknown>, { mayGiveRights }: LookContext): Look<unknown> {
  const given = look.state === "change" ? rightsGiven(step) : undefined;
  if (given === undefined || look.state !== "change") return look;
  if (mayGiveRights) return { ...look, notes: [given, ...(look.notes ?? [])] };
  return { state: "left", because: `${given}: done only with --allow-privileged, or where you are asked` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
