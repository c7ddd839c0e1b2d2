// A validation that was saved as JSON, read back for a comparison.
import { z } from "zod";
import type { Validation } from "../model/check.ts";

const names = z.array(z.string());
const state = z.enum(["pass", "warn", "fail", "unknown", "skip"]);

/** Only what a comparison reads; the rest passes as it is. */
const saved = z.looseObject({
  schema: z.literal("watchmend.validation/v1"),
  verdicts: z.array(
    z.looseObject({ check: z.string(), state, subject: z.looseObject({ kind: z.string(), id: z.string() }) }),
  ),
  coverage: z.looseObject({ components: names, hosts: names, targetsUp: names, logSources: names }),
});

/** Undefined for anything else. */
export function readValidation(text: string): Validation | undefined {
  try {
    const parsed = saved.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data as unknown as Validation) : undefined;
  } catch {
    return undefined;
  }
}
