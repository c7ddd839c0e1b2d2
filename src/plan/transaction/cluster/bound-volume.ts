// A volume that a claim was bound to meanwhile: giving its claimRef back would not make the claim free again, it would lose it.
import { valueAt } from "../../../model/json-value.ts";
import type { ActContext } from "../step-kind.ts";
import type { Operation } from "./json-patch.ts";
import { clusterOf, type ObjectImage, subjectOf } from "./object-change.ts";
import { getObject } from "./request.ts";

export function isClaimRefOfVolume(kind: string, patch: readonly Operation[]): boolean {
  return kind === "PersistentVolume" && patch.some(({ path }) => path.startsWith("/spec/claimRef"));
}

/**
 * The controller looks a bound volume's claim up by the name in its claimRef; finding none there it releases the volume, and
 * deletes it where its reclaim policy is Delete (`syncVolume` in pkg/controller/volume/persistentvolume/pv_controller.go).
 */
export async function boundVolume(image: ObjectImage, context: ActContext): Promise<string | undefined> {
  if (!isClaimRefOfVolume(image.kind, image.forward)) return undefined;
  const volume = await getObject(clusterOf(context, image.context), image.path);
  if (!volume || valueAt(volume, "status", "phase") !== "Bound") return undefined;
  const claim = `${valueAt(volume, "spec", "claimRef", "namespace")}/${valueAt(volume, "spec", "claimRef", "name")}`;
  return `${subjectOf(image)} is bound to claim ${claim} since: reserved for another name the cluster would release it (and delete it where its policy is Delete), and ${claim} would be lost. It stays as it is`;
}
