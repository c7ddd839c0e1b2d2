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

test("both schemas refuse what the contract does not have", () => {
  const shipped = z.fromJSONSchema(JSON.parse(reportJsonSchema()));
  const report = JSON.parse(renderJson(crashLoop));
  const { findings, ...without } = report;
  const [first, ...others] = findings;
  const wrong = [
    { ...report, verdict: "fine" },
    { ...report, extra: 1 },
    without,
    { ...report, findings: [{ ...first, role: "cause" }, ...others] },
    { ...report, findings: [{ ...first, proof: [{ source: "a", line: 0, excerpt: "x" }] }] },
    { ...report, findings: [{ ...first, fix: { ...first.fix, steps: [{ do: "explode", title: "x" }] } }] },
  ];
  for (const one of wrong) {
    expect(reportSchema.safeParse(one).success).toBe(false);
    expect(shipped.safeParse(one).success).toBe(false);
  }
});

test("the order of keys does not depend on who built the report", () => {
  const shuffled = {
    ...crashLoop,
    findings: crashLoop.findings.map((finding) => Object.fromEntries(Object.entries(finding).reverse())),
  };
  expect(renderJson(shuffled as unknown as typeof crashLoop)).toBe(renderJson(crashLoop));
});
