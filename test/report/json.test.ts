// The JSON report is exactly the contract: schema current, every report valid, keys in a fixed order.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { renderJson } from "../../src/report/json.ts";
import { reportJsonSchema, reportSchema } from "../../src/report/schema.ts";
import { reports } from "./reports/all.ts";
import { crashLoop } from "./reports/crash-loop.ts";

test("the shipped schema is the generated one (vitest -u writes it)", async () => {
  await expect(reportJsonSchema()).toMatchFileSnapshot("../../schema/report.v1.schema.json");
});

describe.each(Object.entries(reports))("%s", (_name, report) => {
  test("is valid by the shipped JSON Schema", () => {
    const shipped = JSON.parse(
      readFileSync(new URL("../../schema/report.v1.schema.json", import.meta.url), "utf8"),
    );
    const validator = z.fromJSONSchema(shipped);
    const problems = validator.safeParse(JSON.parse(renderJson(report)));
    expect(problems.error?.issues ?? []).toEqual([]);
    expect(reportSchema.safeParse(JSON.parse(renderJson(report))).error?.issues ?? []).toEqual([]);
  });

  test("loses nothing", () => {
    expect(JSON.parse(renderJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
  });
});

test("the schema refuses what the contract does not have", () => {
  const report = JSON.parse(renderJson(crashLoop));
  expect(reportSchema.safeParse({ ...report, verdict: "fine" }).success).toBe(false);
  expect(reportSchema.safeParse({ ...report, extra: 1 }).success).toBe(false);
  const { findings: _findings, ...without } = report;
  expect(reportSchema.safeParse(without).success).toBe(false);
});

test("the order of keys does not depend on who built the report", () => {
  const shuffled = {
    ...crashLoop,
    findings: crashLoop.findings.map((finding) => Object.fromEntries(Object.entries(finding).reverse())),
  };
  expect(renderJson(shuffled as unknown as typeof crashLoop)).toBe(renderJson(crashLoop));
});
