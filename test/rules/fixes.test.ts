// Every fix that may be carried out, tried on its rule's bad cases: it applies, it applies once, and what it repairs in files is gone.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isConfigurationName } from "../../src/lint/choose-files.ts";
import type { Step } from "../../src/model/plan.ts";
import { describeRefusal } from "../../src/plan/apply-to-files.ts";
import { changeTexts, type TextChanges } from "../../src/plan/change-texts.ts";
import { rules } from "../../src/rules/registry.ts";
import { analyseFixture, type Fixture, readFixture } from "../fixture.ts";

const root = join(import.meta.dirname, "../../src/rules");
const only = process.env.RULES;

interface Case {
  readonly rule: string;
  readonly file: string;
}

const cases = rules
  .filter((rule) => rule.fix && (!only || only.split(",").some((part) => rule.id.includes(part))))
  .flatMap((rule): Case[] =>
    (existsSync(join(root, rule.id)) ? readdirSync(join(root, rule.id)) : [])
      .filter((name) => name.startsWith("bad") && name.endsWith(".yaml"))
      .map((file) => ({ rule: rule.id, file })),
  );

type Texts = Readonly<Record<string, string>>;

function fileSteps(fixture: Fixture, rule: string, mode: "diagnose" | "lint"): Step[] {
  const { report } = analyseFixture({ ...fixture, mode });
  return report.findings
    .filter((finding) => finding.rule === rule && finding.fix?.risk !== "destructive")
    .flatMap((finding) => finding.fix?.steps ?? [])
    .filter((step) => step.do === "edit-document" || step.do === "replace-lines");
}

/** What `lint` would read: logs go on telling what was. */
function configuration(evidence: Texts): Texts {
  return Object.fromEntries(Object.entries(evidence).filter(([name]) => isConfigurationName(name)));
}

function apply(evidence: Texts, steps: readonly Step[]): TextChanges {
  return changeTexts(
    steps,
    (path) => evidence[path],
    () => undefined,
  );
}

test.each(cases.map((one) => [`${one.rule} ${one.file}`, one] as const))("%s", (_name, { rule, file }) => {
  const fixture = readFixture(join(root, rule, file));
  const steps = fileSteps(fixture, rule, fixture.mode ?? "diagnose");
  if (steps.length === 0) return;
  const evidence = Object.fromEntries(
    Object.entries(fixture.evidence).map(([name, text]) => [name, String(text)]),
  );
  const once = apply(evidence, steps);
  const refused = once.outcomes.flatMap((outcome) =>
    outcome.state === "refused" ? [describeRefusal(outcome.path, outcome.refusal)] : [],
  );
  expect(refused).toEqual([]);
  const after = {
    ...evidence,
    ...Object.fromEntries(once.changes.map(({ path, after: text }) => [path, text])),
  };
  const again = apply(after, steps);
  expect(again.outcomes.map((outcome) => outcome.state)).toEqual(again.outcomes.map(() => "already"));
  const before = fileSteps({ ...fixture, evidence: configuration(evidence) }, rule, "lint");
  if (before.length === 0) return;
  const left = fileSteps({ ...fixture, evidence: configuration(after) }, rule, "lint");
  expect(left, "the finding is still there after its fix").toEqual([]);
});
