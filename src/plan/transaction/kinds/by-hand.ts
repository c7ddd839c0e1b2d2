// by-hand: only a person can or should do it; it is shown with its command and never done.
import type { Step } from "../../../model/plan.ts";
import { defineKind } from "../step-kind.ts";

type HandStep = Extract<Step, { readonly do: "by-hand" }>;

const never = (): Promise<never> => Promise.reject(new Error("a step for a person is never carried out"));

export const byHand = defineKind<HandStep, never>({
  does: ["by-hand"],
  look: (step) =>
    Promise.resolve({
      state: "left",
      because: "a person does this",
      ...(step.command === undefined ? {} : { command: step.command }),
    }),
  parse: () => {
    throw new Error("a step for a person has no image");
  },
  act: never,
  where: never,
  undo: never,
  byHand: () => [],
});
