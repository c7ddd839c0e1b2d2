// One step of a plan as it is put before a person: what changes, why, at what risk.
import type { Finding } from "../model/finding.ts";
import type { Round } from "../model/remediation.ts";
import type { TextOptions } from "./options.ts";
import { planDiffLines } from "./plan-diff.ts";
import { effectsOf, type StepEffects } from "./step-effects.ts";
import { hanging } from "./terminal/block.ts";
import { titledRule } from "./terminal/rest.ts";
import { createInk, type Ink } from "./text/ink.ts";

export interface QuestionContext {
  readonly position: number;
  readonly of: number;
  /** Whose fix the step is part of. */
  readonly findings: readonly Finding[];
}

export function renderQuestion(
  { plan, preview }: Round,
  index: number,
  { position, of, findings }: QuestionContext,
  options: TextOptions,
): string {
  const ink = createInk(options);
  const step = plan.steps[index];
  const result = preview[index];
  if (!step || !result) return "";
  const { before, after, because, where } = result;
  const texts =
    before !== undefined &&
    after !== undefined &&
    step.do !== "restart" &&
    step.do !== "reload" &&
    step.do !== "set-owner"
      ? new Map([[0, { before, after, ...(where === undefined ? {} : { name: where }) }]])
      : undefined;
  const lines = [
    "",
    titledRule(ink, `step ${position} of ${of}`),
    ...planDiffLines([step], ink, "", texts),
    ...(step.do === "set-owner" && before !== undefined ? [`  now ${before}, then ${after ?? ""}`] : []),
    ...(because ? hanging(ink, "  ", "  ", because, ink.yellow) : []),
    ...effectLines(effectsOf(step, result, findings), ink, "  "),
    "",
  ];
  return `${lines.join("\n")}`;
}

/** Reason with its proof, risk, how far it reaches, what is missed meanwhile. */
export function effectLines({ reasons, risk, reach, gap }: StepEffects, ink: Ink, indent: string): string[] {
  const row = (word: string, text: string): string[] =>
    hanging(ink, `${indent}${word.padEnd(8)}`, indent + " ".repeat(8), text, (line) => line);
  return [
    ...reasons.flatMap(({ says, proof }) => [
      ...row("because", says),
      ...(proof === undefined ? [] : row("proof", proof)),
    ]),
    ...row("risk", risk),
    ...row("reaches", reach),
    ...row("gap", gap),
  ];
}
