// Which rules can be repaired without a person: every bad case is diagnosed, and the kinds of steps of its fixes are counted.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { analyseTexts } from "../src/diagnose/diagnose.ts";
import type { Fix } from "../src/model/finding.ts";
import type { Risk } from "../src/model/plan.ts";
import type { AnyRule } from "../src/model/rule.ts";
import { rules } from "../src/rules/registry.ts";
import { readFixture } from "../test/fixture.ts";

export interface FixCoverage {
  readonly rule: string;
  readonly hasFix: boolean;
  /** Kinds of steps that are carried out, in any of the bad cases; empty when a person does it all. */
  readonly kinds: readonly string[];
  /** What the fix of the first bad case says. */
  readonly summary?: string;
  readonly risk?: Risk;
}

const root = join(import.meta.dirname, "../src/rules");

let known: readonly FixCoverage[] | undefined;

/** The same for every page of one run. */
export function fixCoverage(): readonly FixCoverage[] {
  known ??= rules.map((rule) => coverageOf(rule));
  return known;
}

function coverageOf(rule: AnyRule): FixCoverage {
  const folder = join(root, rule.id);
  const base = { rule: rule.id, hasFix: rule.fix !== undefined, kinds: [] };
  if (!rule.fix || !existsSync(folder)) return base;
  const names = readdirSync(folder)
    .filter((name) => name.startsWith("bad") && name.endsWith(".yaml"))
    .sort();
  const fixes = names.flatMap((name) => fixesIn(join(folder, name), rule));
  const chosen = fixes.find((fix) => kindsOf(fix).length > 0) ?? fixes[0];
  return {
    ...base,
    kinds: [...new Set(fixes.flatMap(kindsOf))].sort(),
    ...(chosen ? { summary: chosen.summary, risk: chosen.risk } : {}),
  };
}

function fixesIn(path: string, rule: AnyRule): Fix[] {
  const fixture = readFixture(path);
  const { report } = analyseTexts(fixture.evidence, {
    rules: [rule],
    version: "0.0.0",
    mode: fixture.mode ?? "diagnose",
  });
  return report.findings.flatMap(({ fix }) => fix ?? []);
}

/** A restart after a change that a person makes is no repair. */
function kindsOf({ risk, steps }: Fix): string[] {
  if (risk === "destructive") return [];
  const kinds = steps.map((step) => step.do).filter((kind) => kind !== "by-hand");
  const isByHand = kinds.length < steps.length;
  return isByHand && kinds.every((kind) => kind === "restart" || kind === "reload") ? [] : kinds;
}

/** Prints the list and its length. */
function print(): void {
  const all = fixCoverage();
  const executable = all.filter(({ kinds }) => kinds.length > 0);
  for (const { rule, kinds } of executable) console.log(`${rule.padEnd(56)} ${kinds.join(", ")}`);
  console.log(
    `\n${all.length} rules, ${all.filter(({ hasFix }) => hasFix).length} with a fix, ${executable.length} with a fix that is carried out`,
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) print();
