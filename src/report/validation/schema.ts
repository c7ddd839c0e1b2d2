// The contract of a validation as JSON; `schema/validation.v1.schema.json` is generated from it.
import { z } from "zod";
import { suites, type Validation } from "../../model/check.ts";
import type { Comparison } from "../../model/comparison.ts";
import { subjectKinds } from "../../model/finding.ts";

const state = z
  .enum(["pass", "warn", "fail", "unknown", "skip"])
  .describe(
    "`unknown`: nobody could look, which is never success. `skip` always gives its reason in `says`.",
  );

const verdict = z.strictObject({
  check: z.string().regex(/^[a-z-]+\/[a-z-]+$/),
  suite: z.enum(suites),
  proves: z.string().describe("What is true when it passes."),
  subject: z.strictObject({
    kind: z.enum(subjectKinds),
    id: z.string(),
  }),
  state,
  says: z.string(),
  proof: z.array(
    z.strictObject({
      source: z.string(),
      line: z.int().min(1).optional(),
      pointer: z.string().optional(),
      excerpt: z.string(),
    }),
  ),
  decideWith: z.string().optional().describe("The one command that would decide it."),
  because: z
    .array(z.strictObject({ finding: z.string(), rule: z.string(), says: z.string() }))
    .describe("Root findings of the diagnosis that account for it."),
  hints: z.array(z.string()).describe("Rules to read about where nothing accounts for it."),
});

const count = z.int().min(0);
const names = z.array(z.string());
const milliseconds = z.number().min(0);

const comparison = z.strictObject({
  parts: z.array(
    z.strictObject({ what: z.string(), before: count, after: count, lost: names, gained: names }),
  ),
  turned: z.array(z.strictObject({ check: z.string(), subject: z.string(), before: state, after: state })),
  worse: z.boolean(),
});

export const validationSchema = z
  .strictObject({
    schema: z.literal("watchmend.validation/v1"),
    tool: z.strictObject({ version: z.string() }),
    verdict: z.enum(["pass", "fail", "unknown"]),
    expectation: z.strictObject({
      from: z.enum(["model", "file", "discovered"]),
      source: z.string().optional(),
    }),
    counts: z.strictObject({ pass: count, warn: count, fail: count, unknown: count, skip: count }),
    verdicts: z.array(verdict).describe("In the order of the suites."),
    missing: z
      .array(z.strictObject({ what: z.string(), because: z.string(), decideWith: z.string().optional() }))
      .describe("What could not be read."),
    coverage: z
      .strictObject({ components: names, hosts: names, targetsUp: names, logSources: names })
      .describe("What was seen to work; `--compare` compares it."),
    times: z
      .strictObject({
        reading: milliseconds,
        waiting: milliseconds.optional().describe("For lines of its own to arrive."),
        judging: milliseconds,
        checks: z.record(z.string(), milliseconds),
      })
      .optional()
      .describe("How long a live look took, in milliseconds."),
    comparison: comparison.optional().describe("With `--compare` only."),
  })
  .describe("Whether a monitoring stack works, one verdict per check and subject.");

/** Fails to compile when the schema lacks something the model has. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;
type Printed = Validation & { readonly comparison?: Comparison };
export type ValidationSchemaCoversModel =
  Printed extends Frozen<z.input<typeof validationSchema>> ? true : never;
export const validationSchemaCoversModel: ValidationSchemaCoversModel = true;

export function validationJsonSchema(): string {
  const schema = z.toJSONSchema(validationSchema, { target: "draft-2020-12", reused: "inline" });
  return `${JSON.stringify(
    {
      $schema: schema.$schema,
      $id: "urn:watchmend:validation:v1",
      title: "watchmend.validation/v1",
      ...schema,
    },
    undefined,
    2,
  )}\n`;
}
