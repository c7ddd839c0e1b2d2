// A recorded baseline, checked before it is believed. Loaded only when there is one to read.
import { z } from "zod";
import type { Baseline } from "./baseline.ts";

const known = z.strictObject({
  rule: z.string(),
  subject: z.string(),
  source: z.string(),
  excerpt: z.string(),
  count: z.int().min(1),
});

const baselineSchema = z.strictObject({
  schema: z.literal("watchmend.baseline/v1"),
  findings: z.array(known),
});

/** The baseline, or what is wrong with the text. */
export function readBaseline(text: string): Baseline | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : "not JSON";
  }
  const parsed = baselineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join(".") || "the document"}: ${issue?.message ?? "not a baseline"}`;
}
