// A question of a look before it is counted, and what all looks keep to.
import type { HostCommand } from "./host-command.ts";
import type { SeenContainer } from "./inspected.ts";

export const mostLogLines = 5_000;

export type Draft = Omit<HostCommand, "id">;

/** The number may have gone to another process since: its control group names the container it is in. */
export function isStillItsProcess({ id, pid }: SeenContainer): string | undefined {
  return pid === undefined || !/^[0-9a-f]{12,}$/.test(id)
    ? undefined
    : `grep -q ${id} /proc/${pid}/cgroup 2>/dev/null`;
}
