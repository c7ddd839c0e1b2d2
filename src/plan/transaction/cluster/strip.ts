// An object without what the server adds, so that a person can put it back with kubectl.
import type { JsonRecord } from "../../../model/json-value.ts";
import { isRecord } from "../../../model/json-value.ts";

const serverSide = ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink"];

export function stripped(object: JsonRecord): JsonRecord {
  const { status: _status, metadata, ...rest } = object;
  const own = isRecord(metadata)
    ? Object.fromEntries(Object.entries(metadata).filter(([key]) => !serverSide.includes(key)))
    : {};
  return { ...rest, metadata: own };
}
