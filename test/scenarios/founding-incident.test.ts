// The incident watchmend comes from, whole: three faults in their order, everything else a consequence, folklore refuted.
import { join } from "node:path";
import { expect, test } from "vitest";
import { withEvidence } from "../../src/cli/recorded.ts";
import { reportOf } from "../../src/diagnose/diagnose.ts";
import { rules } from "../../src/rules/registry.ts";

const outage = join(import.meta.dirname, "../../examples/outage");
const report = await withEvidence(outage, (evidence) =>
  reportOf(evidence, { rules, version: "0.0.0", mode: "diagnose" }),
);
const causes = report.findings.filter((finding) => finding.role === "root" || finding.role === "latent");

test("exactly three faults, in the order of their importance", () => {
  expect(causes.map((finding) => `${finding.role} ${finding.rule}`)).toEqual([
    "root prometheus/data-directory-not-writable",
    "root loki/frontend-worker-port-mismatch",
    "latent prometheus/rules-file-invalid",
  ]);
  expect(report.verdict).toBe("problems");
});

test("the missing runAsGroup is refuted, not believed", () => {
  const rival = causes[0]?.rivals.find((entry) => entry.rule === "runasgroup-missing");
  expect(rival?.state).toBe("refuted");
});

test("crash loops, empty endpoints and Grafana's `no such host` hang below them", () => {
  const symptoms = report.findings.filter((finding) => finding.role === "symptom");
  expect(symptoms.length).toBeGreaterThanOrEqual(4);
  for (const symptom of symptoms) expect(symptom.explainedBy, symptom.id).not.toEqual([]);
  expect(symptoms.some((symptom) => symptom.rule === "grafana/datasource-unreachable")).toBe(true);
  for (const link of report.links) expect(link.mechanism.length).toBeGreaterThan(10);
});

test("every proof is text that stands where it says", async () => {
  for (const finding of report.findings) {
    expect(finding.proof.length, finding.id).toBeGreaterThan(0);
    for (const proof of finding.proof) expect(proof.excerpt.trim(), finding.id).not.toBe("");
  }
});
