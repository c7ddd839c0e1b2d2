// Where Promtail stopped reading: Alloy goes on there once, when it has no positions of its own yet.
import { hasTrait } from "../../model/compatibility.ts";
import type { ContainerMount } from "../../model/desired.ts";
import { hostMount, type Spot } from "../containers/spec.ts";

const folder = "/var/lib/promtail";
export const promtailPositions = `${folder}/positions.yaml`;

/** The file inside Alloy's container; nothing where Promtail was not there before, or this Alloy could not read it. */
export function inheritedPositions({ stack, component }: Spot): string | undefined {
  const isInherited = stack.logs.afterPromtail !== undefined;
  return isInherited && hasTrait("alloy", component.version, "legacy-positions")
    ? promtailPositions
    : undefined;
}

export function inheritedMounts(spot: Spot): readonly ContainerMount[] {
  if (inheritedPositions(spot) === undefined) return [];
  const { stack, host } = spot;
  const source = stack.logs.afterPromtail?.data ?? `${host.directory}/data/promtail`;
  return [{ ...hostMount(source, folder), inherited: true }];
}
