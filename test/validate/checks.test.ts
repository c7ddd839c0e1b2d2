// The one test of all checks: each is turned red by the fault it ships, stays green on a healthy stack, and never passes blind.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { analyseTexts } from "../../src/diagnose/diagnose.ts";
import type { AnyCheck, CheckVerdict, Validation } from "../../src/model/check.ts";
import type { Expectation } from "../../src/model/expectation.ts";
import type { FactId, FactSet } from "../../src/model/facts.ts";
import { rules } from "../../src/rules/registry.ts";
import { buildStack } from "../../src/stack/build.ts";
import { checks } from "../../src/validate/checks/registry.ts";
import { discoveredExpectation } from "../../src/validate/expectations.ts";
import { validate } from "../../src/validate/validate.ts";

const root = join(import.meta.dirname, "../../src/validate/checks");
const only = process.env.CHECKS;
const chosen = checks.filter(({ id }) => !only || only.split(",").some((part) => id.includes(part)));

interface Case {
  readonly evidence: Readonly<Record<string, string>>;
  readonly expectation?: Partial<Expectation>;
  /** Words of a failing verdict. */
  readonly says?: string;
  /** Other checks that must fail with it, because they look at its consequence. */
  readonly dependants?: readonly string[];
}

const fixtures = (check: AnyCheck, kind: "red" | "green"): string[] =>
  readdirSync(join(root, check.id))
    .filter((name) => name.startsWith(kind) && name.endsWith(".yaml"))
    .sort();

function readCase(check: AnyCheck, name: string): Case {
  return parse(readFileSync(join(root, check.id, name), "utf8")) as Case;
}

function run(one: Case, without?: FactId): Validation {
  const analysis = analyseTexts(one.evidence, { rules, version: "0.0.0", mode: "diagnose" });
  const factSet = without ? blind(analysis.factSet, without) : { ...analysis.factSet, gaps: analysis.gaps };
  const stack = without ? buildStack(factSet.facts) : analysis.stack;
  const discovered = discoveredExpectation(stack);
  const expectation = one.expectation
    ? { ...discovered, from: "file" as const, ...one.expectation }
    : discovered;
  return validate({
    checks,
    factSet,
    stack,
    report: analysis.report,
    expectation,
    readLine: analysis.readLine,
    version: "0.0.0",
  });
}

function blind(factSet: FactSet, id: FactId): FactSet {
  return {
    ...factSet,
    facts: { ...factSet.facts, [id]: [] },
    seen: new Set([...factSet.seen].filter((one) => one !== id)),
  };
}

const of = (validation: Validation, check: AnyCheck): CheckVerdict[] =>
  validation.verdicts.filter((verdict) => verdict.check === check.id);
const short = ({ check, state, subject, says }: CheckVerdict): string =>
  `${check} ${state} ${subject.id}: ${says}`;

describe.each(chosen.map((check) => [check.id, check] as const))("%s", (id, check) => {
  test("is complete", () => {
    expect(existsSync(join(root, id, "check.ts"))).toBe(true);
    expect(check.id.split("/")[0]).toBe(check.suite);
    expect(check.proves).toMatch(/^[a-z].{20,}[^.]$/);
    expect(check.decideWith.length).toBeGreaterThan(5);
    expect(check.hints.filter((hint) => !rules.some((rule) => rule.id === hint))).toEqual([]);
    expect((check.after ?? []).filter((other) => !checks.some((one) => one.id === other))).toEqual([]);
    expect(fixtures(check, "red").length, "the fault that turns it red").toBeGreaterThan(0);
    expect(fixtures(check, "green").length, "a healthy run").toBeGreaterThan(0);
  });

  test.each(fixtures(check, "red"))("%s", (name) => {
    const one = readCase(check, name);
    const validation = run(one);
    const failed = of(validation, check).filter(({ state }) => state === "fail");
    expect(failed.length, validation.verdicts.map(short).join("\n")).toBeGreaterThan(0);
    if (one.says) expect(failed.map(({ says }) => says).join("\n")).toContain(one.says);
    const others = validation.verdicts
      .filter(({ state, check: other }) => state === "fail" && other !== id)
      .map((verdict) => verdict.check);
    expect([...new Set(others)].sort(), validation.verdicts.map(short).join("\n")).toEqual(
      [...(one.dependants ?? [])].sort(),
    );
    expect(validation.verdict).toBe("fail");
    for (const verdict of failed)
      expect(verdict.proof.length, short(verdict)).toBeGreaterThan(one.expectation ? -1 : 0);
  });

  test.each(fixtures(check, "green"))("%s", (name) => {
    const one = readCase(check, name);
    const validation = run(one);
    const own = of(validation, check);
    expect(own.filter(({ state }) => state === "pass").length, own.map(short).join("\n")).toBeGreaterThan(0);
    expect(own.filter(({ state }) => state !== "pass" && state !== "skip").map(short)).toEqual([]);
    expect(validation.verdicts.filter(({ state }) => state === "fail").map(short)).toEqual([]);
    for (const need of check.needs) {
      const seen = of(run(one, need), check);
      expect(seen.filter(({ state }) => state === "pass").map(short), `without ${need}`).toEqual([]);
    }
  });
});

test("an empty folder is unknown, never success", () => {
  expect(run({ evidence: {} }).verdict).toBe("unknown");
});
