// Every fix that may be carried out, tried on its rule's bad cases: it applies, it applies once, and what it repairs in files is gone.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isConfigurationName } from "../../src/lint/choose-files.ts";
import type { Finding } from "../../src/model/finding.ts";
import type { KubernetesObject } from "../../src/model/kubernetes.ts";
import type { Step } from "../../src/model/plan.ts";
import { describeRefusal } from "../../src/plan/apply-to-files.ts";
import { changeTexts, type TextChanges } from "../../src/plan/change-texts.ts";
import { applyPatch } from "../../src/plan/transaction/cluster/json-patch.ts";
import { denyObjectChange } from "../../src/plan/transaction/deny-object.ts";
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

interface Seen {
  readonly findings: readonly Finding[];
  readonly steps: readonly Step[];
  readonly objects: readonly KubernetesObject[];
}

function look(fixture: Fixture, rule: string, mode: "diagnose" | "lint"): Seen {
  const { report, factSet } = analyseFixture({ ...fixture, mode });
  const steps = report.findings
    .filter((finding) => finding.rule === rule && finding.fix?.risk !== "destructive")
    .flatMap((finding) => finding.fix?.steps ?? []);
  return { findings: report.findings, steps, objects: factSet.facts["kubernetes.objects"] };
}

function inFiles(steps: readonly Step[]): Step[] {
  return steps.filter((step) => step.do === "edit-document" || step.do === "replace-lines");
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

/** Causes that were not known at all, neither openly nor masked. */
function newRoots(before: Seen, after: Seen): string[] {
  const known = new Set(before.findings.map(({ rule }) => rule));
  return after.findings
    .filter(({ role, severity, rule }) => role === "root" && severity !== "notice" && !known.has(rule))
    .map(({ rule, says }) => `${rule}: ${says}`);
}

/** Patches fit the object they were planned on, and are nothing that is never done. */
function tryPatches({ steps, objects }: Seen): void {
  for (const step of steps) {
    if (step.do !== "patch-object") continue;
    const object = objects.find(
      ({ kind, name, origin }) => kind === step.kind && name === step.name && origin === "live",
    );
    if (!object) continue;
    const patched = applyPatch(object.value, step.patch).object;
    expect(patched).not.toEqual(object.value);
    expect(denyObjectChange(step, object.value, patched)).toBeUndefined();
  }
}

test.each(cases.map((one) => [`${one.rule} ${one.file}`, one] as const))("%s", (_name, { rule, file }) => {
  const fixture = readFixture(join(root, rule, file));
  const mode = fixture.mode ?? "diagnose";
  const before = look(fixture, rule, mode);
  tryPatches(before);
  const steps = inFiles(before.steps);
  if (steps.length === 0) return;
  const evidence = Object.fromEntries(
    Object.entries(fixture.evidence).map(([name, text]) => [name, String(text)]),
  );
  const once = apply(evidence, steps);
  const refused = once.outcomes.flatMap((outcome) =>
    outcome.state === "refused" ? [describeRefusal(outcome.path, outcome.refusal)] : [],
  );
  expect(refused).toEqual([]);
  expect(once.changes.length, "a step that changes nothing is no fix").toBeGreaterThan(0);
  const after = {
    ...evidence,
    ...Object.fromEntries(once.changes.map(({ path, after: text }) => [path, text])),
  };
  const again = apply(after, steps);
  expect(again.outcomes.map((outcome) => outcome.state)).toEqual(again.outcomes.map(() => "already"));
  const later = look({ ...fixture, evidence: after }, rule, mode);
  const left = apply(after, inFiles(later.steps));
  expect(
    left.changes.map(({ path }) => path),
    "its fix does not settle",
  ).toEqual([]);
  const linted = look({ ...fixture, evidence: configuration(evidence) }, rule, "lint");
  const mended = look({ ...fixture, evidence: configuration(after) }, rule, "lint");
  expect(newRoots(linted, mended), "the fix breaks something else").toEqual([]);
  if (!linted.findings.some((finding) => finding.rule === rule)) return;
  expect(
    mended.findings.filter((finding) => finding.rule === rule).map(({ says }) => says),
    "the finding is still there after its fix",
  ).toEqual([]);
});
