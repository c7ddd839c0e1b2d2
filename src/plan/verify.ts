// Did a repair work? What a fresh diagnosis must say for it to stay.
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import type { Verified } from "./executor.ts";

/**
 * What was repaired must be gone, and still be looked at; nothing that was fine may be broken now. A fault that was masked
 * and shows itself is no failure: it is the next thing to repair.
 */
export function verify(repaired: readonly Finding[], before: Report, now: Report): Verified {
  const byId = new Map(now.findings.map((finding) => [finding.id, finding]));
  const left = repaired.find(({ id }) => {
    const role = byId.get(id)?.role;
    return role === "root" || role === "symptom";
  });
  if (left) return { ok: false, because: `it is still so: ${left.title} (${left.subject.id})` };
  const seen = new Set(now.stack.components.map(({ id }) => kindless(id)));
  const lost = repaired
    .flatMap(({ component }) => before.stack.components.filter(({ kind }) => kind === component))
    .find(({ id }) => !seen.has(kindless(id)));
  if (lost && !now.stack.components.some(({ kind }) => kind === lost.kind))
    return { ok: false, because: `${lost.id} cannot be seen any more` };
  const broken = now.findings.find((finding) => isNewlyBroken(finding, before));
  if (broken) return { ok: false, because: `something that was fine is not any more: ${broken.says}` };
  return { ok: true };
}

/** Pods get new names. */
function kindless(id: string): string {
  return id.replace(/-[a-z0-9]{5,10}-[a-z0-9]{5}$/, "");
}

/** A proven root on something about which nothing was known to be wrong, neither openly nor masked. */
function isNewlyBroken({ role, severity, certainty, subject, component }: Finding, before: Report): boolean {
  if (role !== "root" || severity !== "critical" || certainty !== "proven") return false;
  return !before.findings.some((one) => one.subject.id === subject.id || one.component === component);
}
