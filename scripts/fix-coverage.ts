// Which rules can be repaired without a person: every bad case is diagnosed, and the kinds of steps of its fixes are counted.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { analyseTexts } from "../src/diagnose/diagnose.ts";
import type { AnyRule } from "../src/model/rule.ts";
import { rules } from "../src/rules/registry.ts";

export interface FixCoverage {
  readonly rule: string;
  readonly hasFix: boolean;
  /** Kinds of steps that are carried out, in any of the bad cases; empty when a person does it all. */
  readonly kinds: readonly string[];
}

const root = join(import.meta.dirname, "../src/rules");

export function fixCoverage(): FixCoverage[] {
  return rules.map((rule) => ({ rule: rule.id, hasFix: rule.fix !== undefined, kinds: kindsOf(rule) }));
}

function kindsOf(rule: AnyRule): string[] {
  const folder = join(root, rule.id);
  if (!rule.fix || !existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.startsWith("bad") && name.endsWith(".yaml"));
  const kinds = new Set(names.flatMap((name) => kindsIn(join(folder, name), rule)));
  return [...kinds].sort();
}

function kindsIn(path: string, rule: AnyRule): string[] {
  const fixture: { evidence: Record<string, string>; mode?: "diagnose" | "lint" } = parse(
    readFileSync(path, "utf8"),
  );
  const { report } = analyseTexts(fixture.evidence, {
    rules: [rule],
    version: "0.0.0",
    mode: fixture.mode ?? "diagnose",
  });
  return (
    report.findings
      .filter((finding) => finding.fix?.risk !== "destructive")
      // A restart after a change that a person makes is no repair.
      .flatMap(({ fix }) => {
        const kinds = (fix?.steps ?? []).map((step) => step.do).filter((kind) => kind !== "by-hand");
        const isByHand = fix?.steps.some((step) => step.do === "by-hand") === true;
        return isByHand && kinds.every((kind) => kind === "restart" || kind === "reload") ? [] : kinds;
      })
  );
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
