// `watchmend.plan/v1`: a plan that can be read, reviewed and carried out later, if nothing has moved since.
import { z } from "zod";
import type { Step } from "../model/plan.ts";

const step = z.custom<Step>(
  (value) => typeof value === "object" && value !== null && "do" in value && "title" in value,
);

export const savedPlan = z.strictObject({
  schema: z.literal("watchmend.plan/v1"),
  tool: z.strictObject({ version: z.string() }),
  madeAt: z.string(),
  /** What it was made for, in words. */
  title: z.string(),
  findings: z.array(z.strictObject({ id: z.string(), rule: z.string(), says: z.string(), risk: z.string() })),
  steps: z.array(step),
  needs: z.array(z.array(z.int().min(0))),
  /** By subject: which state of it the plan was made on. */
  fingerprints: z.record(z.string(), z.string()),
  /** Of a deployment: the stack, its model, and the plan host by host. */
  deployment: z.looseObject({ stack: z.string(), model: z.string() }).optional(),
});
export type SavedPlan = z.infer<typeof savedPlan>;

export type PlanReading =
  | { readonly ok: true; readonly plan: SavedPlan }
  | { readonly ok: false; readonly because: string };

export function readSavedPlan(text: string): PlanReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, because: error instanceof Error ? error.message : String(error) };
  }
  const read = savedPlan.safeParse(value);
  if (read.success) return { ok: true, plan: read.data };
  const [issue] = read.error.issues;
  return {
    ok: false,
    because: `${issue?.path.map(String).join(".") || "the document"}: ${issue?.message ?? "not a plan"}`,
  };
}

/** What has moved since the plan was made, in words; empty when it can be carried out. */
export function movedSince(plan: SavedPlan, now: ReadonlyMap<string, string>): string[] {
  return Object.entries(plan.fingerprints).flatMap(([subject, was]) => {
    const is = now.get(subject);
    if (is === undefined)
      return [`${subject} is not as it was: the step would change nothing or cannot be done`];
    return is === was ? [] : [`${subject} was changed since`];
  });
}
