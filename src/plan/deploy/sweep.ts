// Takes away the containers that were kept as the way back, once what replaced them is known to work. Only ours, only stopped ones.
import { ownerLabels } from "../../model/desired.ts";
import { type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import { quoteWords } from "../../model/quote.ts";
import { type HostAccess, runScript } from "../transaction/doors.ts";

/** `rollback` makes them again from what inspect showed of them, which lies in the backup. Adopted ones stay: they are not ours. */
export async function sweepKept(access: HostAccess): Promise<void> {
  await runScript(
    access,
    // Somebody who works there now may need his way back.
    `for l in ${quoteWords(access.lockAt)}; do [ -d "$l" ] && exit 0; done
for e in docker podman; do
  command -v $e >/dev/null 2>&1 || continue
  $e ps -a --filter label=${ownerLabels.owner}=watchmend --filter status=exited --filter status=created --format '{{.Names}}' 2>/dev/null | grep -E '\\.before-[0-9a-f]{8}$' | while read -r n; do $e rm "$n" >/dev/null; done
done
:`,
  );
}

/** One that a killed run had no time to take away. */
export function hasKept(containers: readonly JsonRecord[]): boolean {
  return containers.some(
    (one) =>
      /\.before-[0-9a-f]{8}$/.test(textOf(one.Name) ?? "") &&
      textOf(valueAt(one, "Config", "Labels", ownerLabels.owner)) === "watchmend" &&
      valueAt(one, "State", "Running") !== true,
  );
}
