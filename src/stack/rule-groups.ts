// A typed view of rule files, Prometheus' and Loki's: groups with alerting and recording rules, each with its line.
import type { ConfigDocument } from "../model/config.ts";
import { textRecord } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { listAt, placeOf, valueAt } from "./config-value.ts";
import { type Path, type Placed, placedText } from "./setting.ts";

export interface RuleEntry {
  readonly at: Place;
  readonly path: Path;
  readonly group?: string;
  readonly kind: "alert" | "record";
  readonly name: string;
  readonly expr?: Placed<string>;
  readonly for?: Placed<string>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules of a document of kind `prometheus-rules` or `loki-rules`, or of the spec of a PrometheusRule. */
export function readRules(doc: ConfigDocument, base: Path = []): readonly RuleEntry[] {
  return listAt(doc.value, ...base, "groups").flatMap((_group, index) => {
    const path = [...base, "groups", index];
    return listAt(doc.value, ...path, "rules").flatMap(
      (_rule, at) => readRule(doc, path, [...path, "rules", at]) ?? [],
    );
  });
}

function readRule(doc: ConfigDocument, groupPath: Path, path: Path): RuleEntry | undefined {
  const alert = placedText(doc, ...path, "alert");
  const name = alert ?? placedText(doc, ...path, "record");
  const expr = placedText(doc, ...path, "expr");
  const duration = placedText(doc, ...path, "for");
  const group = placedText(doc, ...groupPath, "name");
  if (!name && !expr) return undefined;
  return {
    at: placeOf(doc, ...path),
    path,
    ...(group ? { group: group.value } : {}),
    kind: alert || !name ? "alert" : "record",
    name: name?.value ?? "",
    ...(expr ? { expr } : {}),
    ...(duration ? { for: duration } : {}),
    labels: textRecord(valueAt(doc.value, ...path, "labels")),
    annotations: textRecord(valueAt(doc.value, ...path, "annotations")),
  };
}
