// One step of a plan as it is put before a person: what changes, why, at what risk.
import type { Finding } from "../model/finding.ts";
import type { Round } from "../model/remediation.ts";
import type { TextOptions } from "./options.ts";
import { planDiffLines } from "./plan-diff.ts";
import { hanging } from "./terminal/block.ts";
import { titledRule } from "./terminal/rest.ts";
import { createInk } from "./text/ink.ts";

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
    ...findings.flatMap(({ says, fix }) => [
      ...hanging(ink, "  because ", "          ", says, (row) => row),
      ...hanging(ink, "  risk    ", "          ", riskOf(fix?.risk), (row) => row),
    ]),
    "",
  ];
  return `${lines.join("\n")}`;
}

function riskOf(risk: string | undefined): string {
  if (risk === "safe") return "safe: nothing stops because of it";
  return risk === "disruptive" ? "disruptive: something restarts, expect a short gap" : (risk ?? "not known");
}
