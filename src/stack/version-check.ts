// Looks for settings and flags that a version does not know, with the line of each.
import type { ComponentKind } from "../model/component.ts";
import type { ConfigDocument } from "../model/config.ts";
import { isRecord } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { placeOf } from "./config-value.ts";
import { isAtLeast, isBefore } from "./semver.ts";
import type { Path } from "./setting.ts";
import { type SettingChange, settingChanges } from "./settings-by-version.ts";

export interface UnknownSetting {
  readonly change: SettingChange;
  readonly at: Place;
  readonly path: Path;
  /** "removed": this version no longer knows it; "not-yet": it does not know it yet. */
  readonly why: "removed" | "not-yet";
}

/** Keys of the document that the version refuses. Nothing when the version is unknown or cannot be compared. */
export function unknownKeys(
  doc: ConfigDocument,
  component: ComponentKind,
  version: string | undefined,
): readonly UnknownSetting[] {
  return settingChanges.flatMap((change) => {
    if (change.component !== component || change.what !== "key") return [];
    const why = refusal(change, version);
    if (why === undefined) return [];
    return pathsTo(doc.value, change.name.split("."), []).map((path) => ({
      change,
      path,
      why,
      at: placeOf(doc, ...path),
    }));
  });
}

/** How a version refuses a flag, given without dashes. */
export function flagRefusal(
  component: ComponentKind,
  flag: string,
  version: string | undefined,
): (SettingChange & { readonly why: "removed" | "not-yet" }) | undefined {
  for (const change of settingChanges) {
    if (change.component !== component || change.what !== "flag" || change.name !== flag) continue;
    const why = refusal(change, version);
    if (why !== undefined) return { ...change, why };
  }
  return undefined;
}

function refusal(change: SettingChange, version: string | undefined): "removed" | "not-yet" | undefined {
  if (change.removedIn !== undefined && isAtLeast(version, change.removedIn) === true) return "removed";
  if (change.addedIn !== undefined && isBefore(version, change.addedIn) === true) return "not-yet";
  return undefined;
}

function pathsTo(value: unknown, steps: readonly string[], base: Path): readonly Path[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [base];
  if (step === "-") {
    return Array.isArray(value) ? value.flatMap((item, index) => pathsTo(item, rest, [...base, index])) : [];
  }
  return isRecord(value) && Object.hasOwn(value, step) ? pathsTo(value[step], rest, [...base, step]) : [];
}
