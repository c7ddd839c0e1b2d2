// Containers of ours that the model does not have any more. Pure.

import type { ContainerChange } from "../../model/deployment.ts";
import { type DesiredHost, ownerLabels } from "../../model/desired.ts";
import { type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import type { Step } from "../../model/plan.ts";
import type { CompareWish } from "./compare-wish.ts";
import { nameOf } from "./container-name.ts";
import { engineOf } from "./observe.ts";

export function surplusContainers({ desired, observed, stack }: CompareWish): readonly JsonRecord[] {
  const wanted = new Set(desired.containers.map(({ name }) => name));
  return observed.containers.filter((one) => {
    const labels = valueAt(one, "Config", "Labels");
    const isOurs =
      textOf(valueAt(labels, ownerLabels.owner)) === "watchmend" &&
      textOf(valueAt(labels, ownerLabels.stack)) === stack;
    return isOurs && !wanted.has(nameOf(one)) && !/\.(?:before|new)-[0-9a-f]{8}$/.test(nameOf(one));
  });
}

export function removal(desired: DesiredHost, inspect: JsonRecord): ContainerChange {
  const component = textOf(valueAt(inspect, "Config", "Labels", ownerLabels.component)) ?? "";
  return {
    name: nameOf(inspect),
    component,
    change: "remove",
    fields: [],
    because: "it is not part of the stack any more",
    risk: "disruptive",
    dataAtRisk: isForgotten(desired, component)
      ? "its positions stay where they lie and Alloy does not know them: it reads every file again. To go on where Promtail stopped, leave `promtail: {}` under components"
      : "its data stays where it lies",
  };
}

function isForgotten({ containers }: DesiredHost, component: string): boolean {
  const alloy = containers.find((one) => one.component === "alloy");
  return component === "promtail" && alloy !== undefined && !alloy.mounts.some(({ inherited }) => inherited);
}

export function removeStep(desired: DesiredHost, inspect: JsonRecord): Step {
  const name = nameOf(inspect);
  return {
    do: "put-container",
    title: `take away container ${name} on ${desired.name}`,
    host: desired.name,
    engine: engineOf(desired),
    name,
  };
}
