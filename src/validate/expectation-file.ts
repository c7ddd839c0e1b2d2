// The file of --expect: what must be there, said by people.
import { z } from "zod";
import { type CheckedYaml, readCheckedYaml } from "../model/checked-yaml.ts";
import { componentKinds } from "../model/component.ts";
import type { Expectation } from "../model/expectation.ts";
import { given } from "../model/given.ts";

const name = z.string().min(1);

export const expectationSchema = z.strictObject({
  parts: z
    .array(z.strictObject({ kind: z.enum(componentKinds), host: name.optional() }))
    .default([])
    .describe("components that must exist, on this host or anywhere"),
  targets: z
    .array(z.strictObject({ job: name, instance: name }))
    .default([])
    .describe("scrape targets Prometheus must have, as its targets page shows them"),
  hosts: z.array(name).default([]).describe("hosts whose metrics and logs must arrive"),
  absences: z
    .array(z.strictObject({ name, because: name }))
    .default([])
    .describe("hosts or targets that may be away, with the reason"),
  log_sources: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*=.+$/, "write it as label=value, such as job=builds"))
    .default([])
    .describe("labels of log streams that Loki must have, as label=value"),
  dashboards: z.array(name).default([]).describe("titles or uids of Grafana's dashboards"),
  datasources: z.array(name).default([]).describe("names or uids of Grafana's data sources"),
});

export function readExpectationFile(text: string, source: string): CheckedYaml<Expectation> {
  const read = readCheckedYaml(text, expectationSchema);
  if (!read.ok) return read;
  const { hosts, log_sources: logSources, parts, ...rest } = read.value;
  return {
    ok: true,
    value: {
      from: "file",
      source,
      ...rest,
      parts: parts.map(given),
      logSources,
      measured: hosts,
      logging: hosts,
    },
  };
}
