// SARIF 2.1.0: the parts the schema requires, what code scanning needs, stable fingerprints, suppressions.
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/model/report.ts";
import type { RuleText } from "../../src/report/rule-text.ts";
import { renderSarif, type SarifOptions } from "../../src/report/sarif.ts";
import { reports } from "./reports/all.ts";
import { crashLoop } from "./reports/crash-loop.ts";
import { hostile } from "./reports/hostile.ts";

interface Location {
  id?: number;
  message?: { text: string };
  physicalLocation?: {
    artifactLocation: { uri: string; uriBaseId?: string };
    region?: { startLine: number; endLine?: number; snippet: { text: string } };
  };
}
interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: Location[];
  relatedLocations?: Location[];
  partialFingerprints: Record<string, string>;
  suppressions?: { kind: string; justification: string }[];
  fixes?: { artifactChanges: { replacements: unknown[] }[] }[];
}
interface Run {
  tool: { driver: { name: string; rules: { id: string; help: { text: string }; helpUri?: string }[] } };
  results: Result[];
  invocations: {
    executionSuccessful: boolean;
    toolExecutionNotifications: { message: { text: string } }[];
  }[];
}

function runOf(report: Report, options?: SarifOptions): Run {
  const log = JSON.parse(renderSarif(report, options)) as { version: string; $schema: string; runs: Run[] };
  expect(log.version).toBe("2.1.0");
  expect(log.$schema).toMatch(/sarif-schema-2\.1\.0\.json$/);
  expect(log.runs).toHaveLength(1);
  return log.runs[0] as Run;
}

describe.each(Object.entries(reports))("%s", (_name, report) => {
  const run = runOf(report);

  test("has what the schema requires", () => {
    expect(run.tool.driver.name).toBe("watchmend");
    expect(new Set(run.tool.driver.rules.map((rule) => rule.id)).size).toBe(run.tool.driver.rules.length);
    for (const invocation of run.invocations) expect(invocation.executionSuccessful).toBe(true);
    for (const result of run.results) {
      expect(result.message.text).not.toBe("");
      expect(["error", "warning", "note"]).toContain(result.level);
      expect(run.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      for (const location of [...result.locations, ...(result.relatedLocations ?? [])]) {
        const physical = location.physicalLocation;
        if (!physical) continue;
        expect(physical.artifactLocation.uri).toMatch(/^[A-Za-z0-9%._~!$&'()*+,;=:@/-]+$/);
        if (physical.region) expect(physical.region.startLine).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test("fingerprints tell results apart", () => {
    const prints = run.results.map((result) => JSON.stringify(result.partialFingerprints));
    expect(new Set(prints).size).toBe(prints.length);
  });

  test("every finding is a result or hangs on one, every gap is a notification", () => {
    const related = run.results.flatMap((result) => result.relatedLocations ?? []);
    const symptoms = related.filter((location) => location.message?.text.startsWith("symptom:")).length;
    expect(run.results.length + symptoms).toBeGreaterThanOrEqual(report.findings.length);
    expect(run.invocations[0]?.toolExecutionNotifications).toHaveLength(report.coverage.missing.length);
  });
});

test("fingerprints do not move when lines do", () => {
  const moved: Report = {
    ...crashLoop,
    findings: crashLoop.findings.map((finding) => ({
      ...finding,
      proof: finding.proof.map((proof) => ({ ...proof, line: (proof.line ?? 0) + 17 })),
    })),
  };
  const prints = (report: Report) => runOf(report).results.map((result) => result.partialFingerprints);
  expect(prints(moved)).toEqual(prints(crashLoop));
});

test("messages hold no links and no placeholders from the evidence", () => {
  for (const result of runOf(hostile).results)
    expect(result.message.text).not.toMatch(/(?<!\\)\[[^\]]*(?<!\\)\]\(/);
});

test("accepted findings are suppressed, by rule or by rule and subject", () => {
  const rule = "loki/retention-without-compactor";
  const suppressed = (options: SarifOptions) =>
    runOf(crashLoop, options).results.map((result) => result.suppressions?.length);
  expect(suppressed({})).toEqual([undefined, undefined, undefined]);
  expect(suppressed({ suppressions: [{ rule, justification: "kept for ever on purpose" }] })).toEqual([
    0, 0, 1,
  ]);
  expect(suppressed({ suppressions: [{ rule, subject: "other", justification: "no" }] })).toEqual([0, 0, 0]);
});

test("rules bring their help from the catalogue", () => {
  const rule: RuleText = {
    id: "prometheus/data-dir-not-writable",
    title: "Prometheus may not write to its own data directory",
    why: "The kernel compares the owner first.",
    severity: "critical",
    component: "prometheus",
    layer: "permissions",
    nature: "cause",
    effect: "down",
    needs: ["text.lines"],
    references: ["https://prometheus.io/docs/prometheus/latest/storage/"],
  };
  const [first] = runOf(crashLoop, { rules: [rule] }).tool.driver.rules;
  expect(first?.help.text).toContain("The kernel compares the owner first.");
  expect(first?.helpUri).toBe("https://prometheus.io/docs/prometheus/latest/storage/");
});

test("a finding whose fix is text edits only offers them", () => {
  const latent = runOf(crashLoop).results.find((result) => result.ruleId === "prometheus/rule-file-invalid");
  expect(latent?.fixes?.[0]?.artifactChanges).toHaveLength(1);
  const root = runOf(crashLoop).results.find(
    (result) => result.ruleId === "prometheus/data-dir-not-writable",
  );
  expect(root?.fixes).toBeUndefined();
});
