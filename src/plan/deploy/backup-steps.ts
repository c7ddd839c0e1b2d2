// Whose data is copied before it is touched: of Prometheus and Loki when their program changes, or when somebody asks for it. Pure.

import type { ContainerChange } from "../../model/deployment.ts";
import type { ContainerSpec, DesiredHost } from "../../model/desired.ts";
import { type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import type { Step } from "../../model/plan.ts";
import type { CompareWish } from "./compare-wish.ts";
import { nameOf } from "./container-name.ts";
import { engineOf } from "./observe.ts";

type BackupStep = Extract<Step, { readonly do: "backup-data" }>;

/** Where the data lies inside. */
const dataOf: Readonly<Partial<Record<ContainerSpec["component"], string>>> = {
  prometheus: "/prometheus",
  loki: "/loki",
};

export function backupSteps(
  wish: CompareWish,
  part: DesiredHost,
  containers: readonly { readonly change: ContainerChange }[],
): readonly BackupStep[] {
  return part.containers.flatMap((spec): readonly BackupStep[] => {
    const inspect = wish.observed.containers.find((one) => nameOf(one) === spec.name);
    const target = dataOf[spec.component];
    const data = spec.mounts.find((mount) => mount.target === target && !mount.readOnly)?.source;
    if (!inspect || data === undefined) return [];
    const change = containers.find((one) => one.change.name === spec.name)?.change.change;
    if (!wish.backupData && !isRisky(spec, inspect, change)) return [];
    return [
      {
        do: "backup-data",
        title: `copy the data of ${spec.component} on ${wish.desired.name}`,
        host: wish.desired.name,
        engine: engineOf(wish.desired),
        name: spec.name,
        component: spec.component,
        from: data,
        below: `${wish.directory}/backups`,
        ...(spec.component === "prometheus" && hasAdminApi(inspect) ? { snapshot: spec.ready } : {}),
      },
    ];
  });
}

export function backupNote({ component, from, below, snapshot }: BackupStep): string {
  const how = snapshot ? "by its own snapshot" : "it is stopped meanwhile";
  return `the data of ${component} (${from}) is copied below ${below} first: what never changes as hard links; ${how}`;
}

/** Another version may write what the one before cannot read any more; and what is taken over was never seen by this one. */
function isRisky(
  spec: ContainerSpec,
  inspect: JsonRecord,
  change: ContainerChange["change"] | undefined,
): boolean {
  if (change === "adopt") return true;
  return change === "replace" && textOf(valueAt(inspect, "Config", "Image")) !== spec.image;
}

function hasAdminApi(inspect: JsonRecord): boolean {
  const words = [valueAt(inspect, "Args"), valueAt(inspect, "Config", "Cmd")].flatMap((one) =>
    Array.isArray(one) ? one.map(String) : [],
  );
  return (
    words.some((word) => /^--web\.enable-admin-api(?:=true)?$/.test(word)) &&
    valueAt(inspect, "State", "Running") === true
  );
}
