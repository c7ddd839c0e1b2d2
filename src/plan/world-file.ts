// world.yaml: an outage as it was recorded, with what must have changed before the next recorded state is seen.
import { z } from "zod";
import { type CheckedYaml, readCheckedYaml } from "../model/checked-yaml.ts";

const path = z.array(z.union([z.string(), z.int().min(0)])).min(1);

const fileCondition = z.strictObject({
  file: z.string(),
  key: z.string().optional().describe("key of a ConfigMap that holds the file"),
  at: path.optional().describe("place in the document"),
  is: z
    .union([z.string(), z.number(), z.boolean(), z.null()])
    .optional()
    .describe("what stands at the place"),
  absent: z.literal(true).optional().describe("nothing stands at the place"),
  parses: z.literal(true).optional().describe("the file is sound YAML or JSON"),
});
const ownerCondition = z.strictObject({
  writable: z.string().describe("path on a host"),
  host: z.string(),
  by: z.strictObject({ uid: z.int(), groups: z.array(z.int()).default([]) }),
});
const restartCondition = z.strictObject({
  restarted: z
    .union([z.string(), z.array(z.string()).min(1)])
    .describe("namespace/name of a pod or workload; any of a list"),
  after: z.string().optional().describe("only a restart after the last change of this file counts"),
});

export type FileCondition = z.infer<typeof fileCondition>;
export type OwnerCondition = z.infer<typeof ownerCondition>;
export type RestartCondition = z.infer<typeof restartCondition>;
export type Condition =
  | FileCondition
  | OwnerCondition
  | RestartCondition
  | { readonly any: readonly Condition[] }
  | { readonly all: readonly Condition[] };

const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    fileCondition,
    ownerCondition,
    restartCondition,
    z.strictObject({ any: z.array(condition).min(1) }),
    z.strictObject({ all: z.array(condition).min(1) }),
  ]),
);

const state = z.strictObject({
  name: z.string().describe("how this part is, in words"),
  evidence: z.string().describe("folder with what was seen of the part in this state"),
  when: z.array(condition).default([]),
});

export const worldSchema = z.strictObject({
  schema: z.literal("watchmend.world/v1"),
  title: z.string(),
  files: z.array(z.string()).describe("files and folders that steps may change; part of the evidence always"),
  owners: z
    .array(
      z.strictObject({
        host: z.string().regex(/^[\w.-]+$/),
        path: z.string().startsWith("/"),
        uid: z.int().min(0),
        gid: z.int().min(0),
        mode: z.string().regex(/^0?[0-7]{3,4}$/),
      }),
    )
    .default([])
    .describe("what stat says on the hosts; steps change it"),
  parts: z.array(z.strictObject({ name: z.string(), states: z.array(state).min(1) })).min(1),
});

export type WorldFile = z.infer<typeof worldSchema>;

export type WorldReading = CheckedYaml<WorldFile>;

export function readWorldFile(text: string): WorldReading {
  return readCheckedYaml(text, worldSchema);
}
