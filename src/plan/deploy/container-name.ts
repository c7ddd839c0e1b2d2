// The name of a container as people write it.
import { type JsonRecord, textOf } from "../../model/json-value.ts";

export function nameOf(inspect: JsonRecord): string {
  return (textOf(inspect.Name) ?? "").replace(/^\//, "");
}
