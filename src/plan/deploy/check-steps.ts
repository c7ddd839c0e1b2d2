// Which components are asked about their configuration before it is put there: those whose files change, and those made anew. Pure.

import type { ContainerChange, FileChange } from "../../model/deployment.ts";
import type { DesiredHost } from "../../model/desired.ts";
import type { Step } from "../../model/plan.ts";
import type { CompareWish } from "./compare-wish.ts";
import { engineOf } from "./observe.ts";

const made: readonly ContainerChange["change"][] = ["create", "replace", "adopt"];
const written: readonly FileChange["change"][] = ["create", "update"];

export function checkSteps(
  { desired }: CompareWish,
  part: DesiredHost,
  files: readonly FileChange[],
  containers: readonly { readonly change: ContainerChange }[],
): readonly Step[] {
  return part.containers.flatMap((spec): readonly Step[] => {
    const { component, validate, image, user } = spec;
    if (!validate) return [];
    const isMade = containers.some(({ change }) => change.name === spec.name && made.includes(change.change));
    const isWritten = files.some(({ readBy, change }) => readBy === component && written.includes(change));
    if (!isMade && !isWritten) return [];
    return [
      {
        do: "check-config",
        title: `${component} checks its configuration on ${desired.name}`,
        host: desired.name,
        engine: engineOf(desired),
        component,
        image,
        ...(user === undefined ? {} : { user }),
        // Our own folders: its configuration and its secrets.
        folders: spec.mounts
          .filter(({ readOnly, relabel }) => readOnly && relabel)
          .map(({ source, target }) => ({ path: source, target })),
        checks: validate.checks,
      },
    ];
  });
}
