// What formats show of a rule besides its findings; any rule of the catalogue fits.
import type { AnyRule } from "../model/rule.ts";

export type RuleText = Pick<
  AnyRule,
  | "id"
  | "title"
  | "why"
  | "severity"
  | "component"
  | "layer"
  | "nature"
  | "effect"
  | "phase"
  | "needs"
  | "uses"
  | "texts"
  | "explainedBy"
  | "explains"
  | "rivals"
  | "references"
  | "decideWith"
>;
