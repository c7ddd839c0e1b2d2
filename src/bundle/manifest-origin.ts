// What an item of a manifest says about the evidence it stands for: the same for items just collected and for those read back.
import type { Gap } from "../model/evidence.ts";
import type { ManifestItem } from "./manifest.ts";
import type { SourceOrigin } from "./source-text.ts";

export function originOf(item: Omit<ManifestItem, "status">): SourceOrigin {
  return {
    source: item.locator,
    ...(item.command ? { command: item.command } : {}),
    ...(item.host ? { host: item.host } : {}),
    ...(item.path ? { path: item.path } : {}),
    ...(item.hints ? { hints: item.hints } : {}),
  };
}

export function gapOfItem(item: ManifestItem, because: Gap["because"]): Gap {
  return {
    what: item.locator,
    because,
    detail: item.detail ?? "it could not be read when the bundle was made",
    ...(item.decideWith ? { decideWith: item.decideWith } : {}),
    ...(item.onlySharpens ? { onlySharpens: true } : {}),
  };
}
