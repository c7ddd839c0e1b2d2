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
  const unseen = repaired.some(({ component }) => isHostsOwn(component)) ? newGap(before, now) : undefined;
  if (unseen) return { ok: false, because: `${unseen} cannot be seen any more` };
  const seen = new Set(now.stack.components.map(({ id }) => kindless(id)));
  const lost = repaired
    .flatMap(({ component }) =>
      isHostsOwn(component) ? [] : before.stack.components.filter(({ kind }) => kind === component),
    )
    .find(({ id }) => !seen.has(kindless(id)));
  if (lost && !now.stack.components.some(({ kind }) => kind === lost.kind))
    return { ok: false, because: `${lost.id} cannot be seen any more` };
  const broken = now.findings.find((finding) => isNewlyBroken(finding, before, now));
  if (broken) return { ok: false, because: `something that was fine is not any more: ${broken.says}` };
  return { ok: true };
}

/** What runs containers is part of the stack only as long as it complains: of a healthy engine nothing is left but what it runs. */
function isHostsOwn(component: Finding["component"]): boolean {
  return component === "docker" || component === "kubelet";
}

/** What could be looked at before, and cannot now. */
function newGap(before: Report, now: Report): string | undefined {
  const known = new Set(before.coverage.missing.map(({ what }) => what));
  return now.coverage.missing.find(({ what }) => !known.has(what))?.what;
}

/** Pods get new names. */
function kindless(id: string): string {
  return id.replace(/-[a-z0-9]{5,10}-[a-z0-9]{5}$/, "");
}

/** A proven root on something about which nothing was known to be wrong, neither openly nor masked. */
function isNewlyBroken(finding: Finding, before: Report, now: Report): boolean {
  const { role, severity, certainty, subject, component } = finding;
  if (role !== "root" || severity !== "critical" || certainty !== "proven") return false;
  const place = placesOf(finding, now);
  // behind a stopped engine or a lost host nobody saw it: that it is broken comes to light now
  const wasSeen = before.stack.components.some(({ kind, host, namespace }) => {
    const own = host ?? namespace;
    return kind === component && meet(place, own === undefined ? [] : [own]);
  });
  if (place.length > 0 && !wasSeen) return false;
  return !before.findings.some(
    (one) =>
      one.subject.id === subject.id || (one.component === component && meet(placesOf(one, before), place)),
  );
}

/** Hosts and namespaces with a part of that kind that the finding is about; none where it names none of them. */
function placesOf({ component, subject, proof }: Finding, { stack }: Report): readonly string[] {
  const places = stack.components.flatMap(({ kind, host, namespace }) => {
    const place = host ?? namespace;
    return kind === component && place !== undefined ? [place] : [];
  });
  const named = [subject.id, ...proof.map(({ source }) => source)];
  return places.filter((place) =>
    named.some((text) => text === place || text.startsWith(`${place}/`) || text.startsWith(`${place}:`)),
  );
}

/** What names no place may be anywhere. */
function meet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((place) => b.includes(place));
}
