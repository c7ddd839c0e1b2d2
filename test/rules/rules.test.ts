// The one test of all rules: it needs no edit when a rule is added.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { evaluateRules } from "../../src/diagnose/evaluate.ts";
import { judge } from "../../src/diagnose/judge.ts";
import type { FactId, FactSet } from "../../src/model/facts.ts";
import type { Finding } from "../../src/model/finding.ts";
import { compilePattern } from "../../src/model/pattern.ts";
import type { AnyRule } from "../../src/model/rule.ts";
import { rules } from "../../src/rules/registry.ts";
import { buildStack } from "../../src/stack/build.ts";
import { analyseFixture, type Expected, type Fixture, readFixture } from "../fixture.ts";

const root = join(import.meta.dirname, "../../src/rules");
const only = process.env.RULES;
const chosen = rules.filter((rule) => !only || only.split(",").some((part) => rule.id.includes(part)));
const ids = new Set(rules.map((rule) => rule.id));

function fixtures(rule: AnyRule, kind: "bad" | "good"): string[] {
  const folder = join(root, rule.id);
  return readdirSync(folder)
    .filter((name) => name.startsWith(kind) && name.endsWith(".yaml"))
    .sort();
}

const loud = (finding: Finding): boolean => finding.severity !== "notice" && finding.role !== "notice";
const short = (finding: Finding): string =>
  `${finding.rule} ${finding.role} ${finding.subject.id}: ${finding.says}`;

function meets(finding: Finding, expected: Expected): boolean {
  const words = expected.says === undefined ? [] : [expected.says].flat();
  return (
    finding.rule === expected.rule &&
    (expected.role === undefined || finding.role === expected.role) &&
    (expected.subject === undefined || finding.subject.id === expected.subject) &&
    (expected.certainty === undefined || finding.certainty === expected.certainty) &&
    words.every((word) => finding.says.includes(word))
  );
}

/** Exactly the expected findings, no other loud one. */
function compare(findings: readonly Finding[], fixture: Fixture): void {
  const expected = fixture.expect ?? [];
  for (const entry of expected) {
    expect(
      findings.filter((finding) => meets(finding, entry)).length,
      `expected ${JSON.stringify(entry)} among\n${findings.map(short).join("\n")}`,
    ).toBeGreaterThan(0);
  }
  const surplus = findings.filter(
    (finding) =>
      loud(finding) &&
      !expected.some((entry) => meets(finding, entry)) &&
      !(fixture.also ?? []).includes(finding.rule),
  );
  expect(surplus.map(short)).toEqual([]);
}

describe.each(chosen.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  test("is complete", () => {
    expect(existsSync(join(root, id, "rule.ts")), "folder = id").toBe(true);
    expect(rule.title).toMatch(/^\S.{10,150}[^.]$/);
    expect(rule.why.length).toBeGreaterThan(40);
    expect(rule.references.length).toBeGreaterThan(0);
    expect(fixtures(rule, "bad").length, "at least one bad case").toBeGreaterThan(0);
    expect(fixtures(rule, "good").length, "at least one good case").toBeGreaterThan(0);
    for (const entry of rule.explains ?? []) expect(ids.has(entry.rule), `explains ${entry.rule}`).toBe(true);
    for (const text of rule.texts ?? []) expect(() => compilePattern(text)).not.toThrow();
  });

  test.each(fixtures(rule, "bad"))("%s", async (name) => {
    const path = join(root, id, name);
    const fixture = readFixture(path);
    const { report, factSet, readLine } = analyseFixture(fixture);
    const own = report.findings.filter((finding) => finding.rule === id);
    expect(
      own.length,
      `no finding of the rule itself; found\n${report.findings.map(short).join("\n")}\ngaps ${JSON.stringify(factSet.gaps)}`,
    ).toBeGreaterThan(0);
    compare(report.findings, { ...fixture, expect: fixture.expect ?? [{ rule: id }] });
    for (const finding of report.findings) {
      if (finding.certainty !== "proven" && finding.role === "root")
        expect(finding.decideWith, `${finding.id} is a guess: what would settle it`).toBeDefined();
      expect(finding.proof.length, `${finding.id} has proof`).toBeGreaterThan(0);
      for (const proof of finding.proof) {
        const text = fixture.evidence[proof.source];
        expect(text, `${finding.id}: proof from ${proof.source}`).toBeDefined();
        if (proof.line === undefined) continue;
        // JSON keeps quotes behind backslashes; the excerpt shows what they stand for.
        const line = (text?.split(/\r?\n/)[proof.line - 1] ?? "").replaceAll("\\", "");
        expect(line, `${finding.id}: line ${proof.line}`).toContain(
          proof.excerpt.replaceAll("\\", "").slice(0, 40).trim(),
        );
      }
    }
    // Each needed fact made unavailable in turn gives "could not tell", never silence that looks like health.
    for (const need of rule.needs) {
      const without: FactSet = {
        facts: { ...factSet.facts, [need]: [] },
        seen: new Set([...factSet.seen].filter((seen) => seen !== need)),
        gaps: factSet.gaps,
      };
      const [outcome] = evaluateRules([rule], without, buildStack(without.facts));
      expect(outcome?.status, `without ${need}`).not.toBe("evaluated");
    }
    // Reading an undeclared fact is a defect.
    const declared = new Set<string>([...rule.needs, ...(rule.uses ?? []), ...(rule.needsAny ?? [])]);
    const read = new Set<string>();
    const watched = new Proxy(factSet.facts, {
      get(target, key) {
        read.add(String(key));
        return target[key as FactId];
      },
    });
    rule.check(watched, buildStack(factSet.facts));
    expect([...read].filter((fact) => !declared.has(fact))).toEqual([]);
    // Same evidence, same bytes.
    const again = judge({ factSet, rules, readLine, version: "0.0.0", mode: fixture.mode ?? "diagnose" });
    expect(JSON.stringify(again.report)).toBe(JSON.stringify(report));
  });

  test.each(fixtures(rule, "good"))("%s", (name) => {
    const fixture = readFixture(join(root, id, name));
    const { report } = analyseFixture(fixture);
    expect(report.findings.filter((finding) => finding.rule === id).map(short)).toEqual([]);
    compare(report.findings, fixture);
  });
});

test("explains has no cycle", () => {
  const edges = new Map(rules.map((rule) => [rule.id, (rule.explains ?? []).map((entry) => entry.rule)]));
  const visit = (id: string, path: readonly string[]): void => {
    expect(path, `cycle through ${id}`).not.toContain(id);
    for (const next of edges.get(id) ?? []) visit(next, [...path, id]);
  };
  for (const rule of rules) visit(rule.id, []);
});
