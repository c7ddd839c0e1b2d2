// What inspect shows of a container that plans and steps alike have to know.
import { ownerLabels } from "../../model/desired.ts";
import { type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";

export function hashOf(inspect: JsonRecord): string | undefined {
  return textOf(valueAt(inspect, "Config", "Labels", ownerLabels.spec));
}

export function isRunning(inspect: JsonRecord): boolean {
  return valueAt(inspect, "State", "Running") === true || valueAt(inspect, "State", "Restarting") === true;
}
