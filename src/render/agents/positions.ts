// Where Promtail stopped reading: Alloy goes on there once, when it has no positions of its own yet.
import { hasTrait } from "../../model/compatibility.ts";
import type { ContainerMount } from "../../model/desired.ts";
import type { StackFile } from "../../model/stack-file.ts";
import { hostMount, type Spot } from "../containers/spec.ts";

const folder = "/var/lib/promtail";

export function promtailPositions({ logs }: StackFile): string {
  return `${folder}/${logs.positionsFile ?? "positions.yaml"}`;
}

/** The place in the journal is kept under the job's name: https://github.com/grafana/loki/blob/v3.6.0/clients/pkg/promtail/targets/journal/journaltarget.go */
export function journalJobName({ logs }: StackFile): string {
  return logs.journalJob ?? "systemd-journal";
}

/** The file inside Alloy's container; nothing where Promtail was not there before, or this Alloy could not read it. */
export function inheritedPositions({ stack, component }: Spot): string | undefined {
  const isInherited = stack.logs.afterPromtail !== undefined;
  return isInherited && hasTrait("alloy", component.version, "legacy-positions")
    ? promtailPositions(stack)
    : undefined;
}

export function inheritedMounts(spot: Spot): readonly ContainerMount[] {
  if (inheritedPositions(spot) === undefined) return [];
  const { stack, host } = spot;
  const source = stack.logs.afterPromtail?.data ?? `${host.directory}/data/promtail`;
  return [{ ...hostMount(source, folder), inherited: true }];
}
