// `rbac`: the ClusterRole (or Roles) with which everything that watchmend reads of a cluster can be read, and on request mended.
import { exitCodes } from "../model/errors.ts";
import { roleManifests } from "../targets/kubernetes/roles.ts";
import type { RbacOptions } from "./commands/rbac.ts";
import { deliver } from "./output.ts";

export function rbac({ namespace, serviceAccount, canary, remediate }: RbacOptions): number {
  const account = serviceAccount ?? { namespace: namespace?.[0] ?? "monitoring", name: "watchmend" };
  deliver(
    roleManifests({
      account,
      ...(canary ? { canary } : {}),
      ...(remediate ? { remediate } : {}),
      ...(namespace ? { namespaces: namespace } : {}),
    }),
    undefined,
  );
  return exitCodes.clean;
}
