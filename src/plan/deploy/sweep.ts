// Takes away the containers that were kept as the way back, once what replaced them is known to work. Only ours, only stopped ones.
import { ownerLabels } from "../../model/desired.ts";
import { type HostAccess, runScript } from "../transaction/doors.ts";

/** `rollback` makes them again from what inspect showed of them, which lies in the backup. Adopted ones stay: they are not ours. */
export async function sweepKept(access: HostAccess): Promise<void> {
  await runScript(
    access,
    `for e in docker podman; do
  command -v $e >/dev/null 2>&1 || continue
  $e ps -a --filter label=${ownerLabels.owner}=watchmend --filter status=exited --filter status=created --format '{{.Names}}' 2>/dev/null | grep -E '\\.before-[0-9a-f]{8}$' | while read -r n; do $e rm "$n" >/dev/null; done
done
:`,
  );
}
