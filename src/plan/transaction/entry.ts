// What a journal holds: one entry per line, each written before the thing it announces or after the thing it confirms.
import { z } from "zod";
import type { Step } from "../../model/plan.ts";

const step = z.custom<Step>((value) => typeof value === "object" && value !== null && "do" in value);

/** What a transaction holds the lock of. */
export const lockTarget = z.union([
  z.strictObject({ kind: z.literal("host"), host: z.string() }),
  z.strictObject({ kind: z.literal("namespace"), context: z.string(), namespace: z.string() }),
]);
export type LockTarget = z.infer<typeof lockTarget>;

export const actorForm = z.strictObject({
  user: z.string(),
  machine: z.string(),
  pid: z.int(),
  /** When the process started, so that a pid that was given again is not taken for it. */
  startedMs: z.int(),
});
export type Actor = z.infer<typeof actorForm>;

export const reachForm = z.strictObject({
  host: z.array(z.string()).optional(),
  sshConfig: z.string().optional(),
  identity: z.string().optional(),
  kubeconfig: z.string().optional(),
  /** Hosts that are called otherwise than ssh has to call them. */
  known: z
    .array(
      z.strictObject({
        name: z.string(),
        user: z.string().optional(),
        port: z.int().optional(),
        dial: z.string().optional(),
        key: z.string().optional(),
        jump: z.string().optional(),
        isLocal: z.boolean(),
      }),
    )
    .optional(),
});
export type ReachOptions = z.infer<typeof reachForm>;

const at = z.string();
const n = z.int().min(0);

export const entry = z.discriminatedUnion("what", [
  z.strictObject({
    what: z.literal("begun"),
    at,
    schema: z.literal("watchmend.journal/v1"),
    id: z.string(),
    /** All transactions of one repair. */
    incident: z.string(),
    by: actorForm,
    why: z.string(),
    steps: z.array(step),
    /** Findings whose fixes the steps are. */
    findings: z.array(z.string()).optional(),
    locks: z.array(lockTarget),
    /** The options that led there, so that undoing goes the same way. */
    reach: reachForm.optional(),
  }),
  /** Another process goes on with it: after a crash, or because somebody asked to undo it. */
  z.strictObject({ what: z.literal("taken-over"), at, by: actorForm }),
  /** The next thing to happen is this change; `image` is what undoes it. */
  z.strictObject({
    what: z.literal("intent"),
    at,
    n,
    kind: z.string(),
    subject: z.string(),
    image: z.unknown(),
  }),
  z.strictObject({ what: z.literal("done"), at, n }),
  z.strictObject({ what: z.literal("passed"), at, n, because: z.string() }),
  z.strictObject({ what: z.literal("applied"), at }),
  z.strictObject({ what: z.literal("gate"), at, says: z.array(z.string()), ok: z.boolean() }),
  z.strictObject({ what: z.literal("committed"), at }),
  z.strictObject({ what: z.literal("undoing"), at, because: z.string() }),
  z.strictObject({ what: z.literal("undone"), at, n }),
  /** Was not put back: somebody has changed it since, or it cannot be reached. */
  z.strictObject({ what: z.literal("kept"), at, n, because: z.string() }),
  z.strictObject({ what: z.literal("rolled-back"), at, complete: z.boolean() }),
  /** The locks are given back: the last entry, until somebody undoes it. */
  z.strictObject({ what: z.literal("released"), at }),
]);
export type Entry = z.infer<typeof entry>;
export type Begun = Extract<Entry, { what: "begun" }>;
export type Intent = Extract<Entry, { what: "intent" }>;

type WithoutTime<E> = E extends unknown ? Omit<E, "at"> : never;
export type NewEntry = WithoutTime<Entry>;
