// The contract of the JSON report as a schema; `schema/report.v1.schema.json` is generated from it.
import { z } from "zod";
import { componentKinds } from "../model/component.ts";
import { type Finding, subjectKinds } from "../model/finding.ts";
import type { Step } from "../model/plan.ts";
import type { Report } from "../model/report.ts";

const place = { source: z.string(), line: z.int().min(1).optional() };

const operations = z.array(
  z.strictObject({
    op: z.enum(["add", "replace", "remove", "test"]),
    path: z.string(),
    value: z.unknown().optional(),
  }),
);

const live = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("file"), host: z.string().optional(), path: z.string() }),
    z.strictObject({
      kind: z.literal("object-key"),
      object: z.string(),
      namespace: z.string().optional(),
      name: z.string(),
      key: z.string(),
    }),
  ])
  .describe("Where the text stands on a live target; left out in reports of saved evidence.");

const step = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("edit-document"),
    title: z.string(),
    file: z.strictObject(place),
    embeddedKey: z.string().optional(),
    edits: z.array(
      z.strictObject({
        op: z.enum(["set", "replace", "append", "remove"]),
        path: z.array(z.union([z.string(), z.number()])),
        value: z.unknown().optional(),
        expect: z.unknown().optional(),
      }),
    ),
    live: live.optional(),
  }),
  z.strictObject({
    do: z.literal("replace-lines"),
    title: z.string(),
    file: z.strictObject(place),
    from: z.int().min(1),
    to: z.int().min(1),
    expect: z.string(),
    replacement: z.string(),
    live: live.optional(),
  }),
  z.strictObject({
    do: z.literal("write-file"),
    title: z.string(),
    host: z.string().optional(),
    path: z.string(),
    content: z.string(),
    mode: z.int().optional(),
  }),
  z.strictObject({
    do: z.literal("set-owner"),
    title: z.string(),
    host: z.string().optional(),
    path: z.string(),
    uid: z.int().optional(),
    gid: z.int().optional(),
    mode: z.int().optional(),
    below: z.strictObject({ names: z.array(z.string()), uid: z.int() }).optional(),
  }),
  z.strictObject({
    do: z.literal("patch-object"),
    title: z.string(),
    kind: z.string(),
    namespace: z.string().optional(),
    name: z.string(),
    patch: operations,
  }),
  z.strictObject({
    do: z.literal("recreate-container"),
    title: z.string(),
    host: z.string().optional(),
    name: z.string(),
    patch: operations,
  }),
  z.strictObject({
    do: z.literal("admit-source"),
    title: z.string(),
    host: z.string(),
    tool: z.enum(["iptables", "nft", "ufw", "firewalld"]),
    source: z.string(),
    port: z.int(),
    chain: z.string().optional(),
    table: z.string().optional(),
    zone: z.string().optional(),
  }),
  z.strictObject({
    do: z.literal("reload"),
    title: z.string(),
    component: z.string(),
    what: z.strictObject({
      kind: z.enum(["workload", "container"]),
      host: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string(),
    }),
  }),
  z.strictObject({
    do: z.literal("restart"),
    title: z.string(),
    what: z.strictObject({
      kind: z.enum(["pod", "workload", "container", "unit"]),
      host: z.string().optional(),
      namespace: z.string().optional(),
      name: z.string(),
    }),
  }),
  z.strictObject({
    do: z.literal("by-hand"),
    title: z.string(),
    host: z.string().optional(),
    command: z.string().optional(),
  }),
]);

const finding = z.strictObject({
  id: z.string().describe("Unique in the report; `explains`, `explainedBy` and `links` refer to it."),
  rule: z.string().describe("`<component>/<what-is-wrong>`; `watchmend explain RULE` tells more."),
  role: z
    .enum(["root", "symptom", "latent", "notice"])
    .describe(
      "root: nothing found explains it. symptom: explained. latent: real, masked until a root is fixed.",
    ),
  severity: z.enum(["critical", "warning", "notice"]),
  certainty: z.enum(["proven", "likely", "possible"]),
  component: z.enum(componentKinds),
  layer: z.enum([
    "config",
    "rules",
    "version",
    "permissions",
    "storage",
    "memory",
    "probe",
    "image",
    "scheduling",
    "admission",
    "rbac",
    "auth",
    "tls",
    "network",
    "dns",
    "firewall",
    "discovery",
    "ingestion",
    "limits",
    "clock",
    "state",
    "delivery",
    "query",
    "dashboards",
    "node",
    "runtime",
  ]),
  subject: z.strictObject({
    kind: z.enum(subjectKinds),
    id: z.string(),
  }),
  title: z.string(),
  says: z.string().describe("One sentence with the names, numbers and addresses of this case."),
  proof: z.array(
    z.strictObject({
      ...place,
      pointer: z.string().optional().describe("Path inside a structured document."),
      excerpt: z.string().describe("Text that stands there."),
    }),
  ),
  explains: z.array(z.string()),
  explainedBy: z.array(z.string()),
  rivals: z.array(
    z.strictObject({
      rule: z.string(),
      state: z.enum(["refuted", "untestable", "possible"]),
      because: z.string(),
      decideWith: z.string().optional(),
    }),
  ),
  decideWith: z
    .string()
    .optional()
    .describe("The command that would turn `likely` or `possible` into proof."),
  fix: z
    .strictObject({
      summary: z.string(),
      risk: z.enum(["safe", "disruptive", "destructive"]),
      steps: z.array(step),
    })
    .optional(),
});

const count = z.int().min(0);

export const reportSchema = z
  .strictObject({
    schema: z.literal("watchmend.report/v1"),
    tool: z.strictObject({ version: z.string() }),
    verdict: z.enum(["healthy", "problems", "unknown"]),
    coverage: z.strictObject({
      rules: z.strictObject({ evaluated: count, inconclusive: count, notApplicable: count }),
      missing: z
        .array(z.strictObject({ what: z.string(), because: z.string(), decideWith: z.string().optional() }))
        .describe("What could not be looked at, why, and the command that would show it."),
    }),
    stack: z.strictObject({
      components: z.array(
        z.strictObject({
          id: z.string(),
          kind: z.string(),
          name: z.string(),
          namespace: z.string().optional(),
          host: z.string().optional(),
          version: z.string().optional(),
        }),
      ),
      relations: z.array(
        z.strictObject({
          from: z.string(),
          to: z.string(),
          kind: z.enum([
            "scrapes",
            "pushes-to",
            "queries",
            "alerts",
            "mounts",
            "selects",
            "runs-on",
            "resolves",
          ]),
          works: z.boolean().optional().describe("Left out when the evidence shows it neither way."),
          label: z.string().optional(),
        }),
      ),
    }),
    findings: z
      .array(finding)
      .describe("Roots first, by severity, then by how many symptoms fall away with them."),
    links: z
      .array(z.strictObject({ from: z.string(), to: z.string(), mechanism: z.string() }))
      .describe("One entry per cause link: how `from` brings `to` about."),
  })
  .describe("What watchmend found in a monitoring stack, with proof.");

/** Fails to compile when the schema lacks something the model has. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;
type FixStep = Exclude<
  Step,
  // Steps of deployments are in no finding.
  {
    readonly do:
      | "put-files"
      | "check-config"
      | "backup-data"
      | "move-folder"
      | "put-container"
      | "refresh-container";
  }
>;
type FixedFinding = Omit<Finding, "fix"> & {
  readonly fix?: Omit<NonNullable<Finding["fix"]>, "steps"> & { readonly steps: readonly FixStep[] };
};
type Reported = Omit<Report, "findings"> & { readonly findings: readonly FixedFinding[] };
export type SchemaCoversModel = Reported extends Frozen<z.input<typeof reportSchema>> ? true : never;
export const schemaCoversModel: SchemaCoversModel = true;

export function reportJsonSchema(): string {
  const schema = z.toJSONSchema(reportSchema, { target: "draft-2020-12", reused: "inline" });
  return `${JSON.stringify(
    { $schema: schema.$schema, $id: "urn:watchmend:report:v1", title: "watchmend.report/v1", ...schema },
    undefined,
    2,
  )}\n`;
}
