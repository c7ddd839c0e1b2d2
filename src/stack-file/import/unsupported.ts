// What the model has no place for is told, key by key.
import { isRecord } from "../../model/json-value.ts";
import type { Place } from "../../model/place.ts";
import { type ImportDraft, note } from "./draft.ts";

export function listUnsupported(
  draft: ImportDraft,
  job: unknown,
  name: string,
  at: Place,
  handled: readonly string[],
): void {
  for (const key of Object.keys(isRecord(job) ? job : {}))
    if (!handled.includes(key)) note(draft, at, `${key} of job ${name}`, "the model has no place for it");
}
