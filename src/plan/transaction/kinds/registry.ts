// All kinds of steps that can be carried out live. A new one is added here and nowhere else.
import type { Step } from "../../../model/plan.ts";
import type { AnyKind } from "../step-kind.ts";
import { admitSource } from "./admit-source.ts";
import { backupData } from "./backup-data.ts";
import { byHand } from "./by-hand.ts";
import { checkConfig } from "./check-config.ts";
import { moveFolder } from "./move-folder.ts";
import { patchObject } from "./patch-object.ts";
import { putContainer } from "./put-container.ts";
import { putFiles } from "./put-files.ts";
import { recreateContainer } from "./recreate-container.ts";
import { refreshContainer } from "./refresh-container.ts";
import { reload } from "./reload.ts";
import { restart } from "./restart.ts";
import { setOwner } from "./set-owner.ts";
import { text } from "./text.ts";

const kinds: readonly AnyKind[] = [
  text,
  setOwner,
  patchObject,
  restart,
  reload,
  recreateContainer,
  checkConfig,
  putFiles,
  backupData,
  moveFolder,
  putContainer,
  refreshContainer,
  admitSource,
  byHand,
];

export function kindOf(does: string): AnyKind | undefined {
  return kinds.find((kind) => kind.does.some((one) => one === does));
}

export function kindFor(step: Step): AnyKind {
  const kind = kindOf(step.do);
  if (!kind) throw new Error(`nothing carries out ${step.do}`);
  return kind;
}
