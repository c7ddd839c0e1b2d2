// A case written as files in a YAML file: read through the real parsers, judged by all rules.
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Analysis } from "../src/diagnose/analyse.ts";
import { analyseTexts } from "../src/diagnose/diagnose.ts";
import { rules } from "../src/rules/registry.ts";

export interface Expected {
  readonly rule: string;
  /** Default: root for causes, symptom or root for symptoms. */
  readonly role?: string;
  readonly subject?: string;
  readonly certainty?: string;
  /** Words that must stand in `says`. */
  readonly says?: string | readonly string[];
}

export interface Fixture {
  /** File name → text, as somebody would hand it over. */
  readonly evidence: Readonly<Record<string, string>>;
  /** All findings of severity warning and above that this evidence must give, and no other. */
  readonly expect?: readonly Expected[];
  /** Findings that are fine but not the point. */
  readonly also?: readonly string[];
  readonly mode?: "diagnose" | "lint";
}

export function readFixture(path: string): Fixture {
  const fixture = parse(readFileSync(path, "utf8")) as Fixture;
  if (!fixture || typeof fixture.evidence !== "object") throw new Error(`${path}: evidence is missing`);
  return fixture;
}

export function analyseFixture(fixture: Fixture): Analysis {
  return analyseTexts(fixture.evidence, { rules, version: "0.0.0", mode: fixture.mode ?? "diagnose" });
}
