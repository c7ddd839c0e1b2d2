// patch-object: single fields of an object, each tested for what stands there.
import type { Step } from "../../../model/plan.ts";
import { commandOf } from "../../commands.ts";
import { boundVolume, isClaimRefOfVolume } from "../cluster/bound-volume.ts";
import type { Operation } from "../cluster/json-patch.ts";
import {
  actOnObject,
  lookAtObject,
  type ObjectImage,
  objectByHand,
  objectImage,
  undoObject,
  whereIsObject,
} from "../cluster/object-change.ts";
import { defineKind } from "../step-kind.ts";

type PatchStep = Extract<Step, { readonly do: "patch-object" }>;

export const patchObject = defineKind<PatchStep, ObjectImage>({
  does: ["patch-object"],
  parse: (value) => objectImage.parse(value),
  async look(step, { doors }) {
    const { kind, namespace, name } = step;
    const command = commandOf(step);
    if (!doors.cluster)
      return {
        state: "left",
        because: `there is no way to the cluster of ${kind} ${name}: name it with --context`,
        ...(command ? { command } : {}),
      };
    const patch = step.patch.map((one): Operation => ({ ...one }));
    const look = await lookAtObject(doors.cluster, {
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      patch,
    });
    if (look.state !== "change" || !isClaimRefOfVolume(kind, patch)) return look;
    return {
      ...look,
      notes: [
        "once the cluster has bound the claim to the volume, this cannot be taken back without losing the claim",
      ],
    };
  },
  act: actOnObject,
  where: whereIsObject,
  undo: undoObject,
  inUse: boundVolume,
  byHand: objectByHand,
});
