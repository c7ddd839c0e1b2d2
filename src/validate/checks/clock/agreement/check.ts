// Clocks that disagree make samples and log lines old or future before anybody sees them.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Clock } from "../../../../model/host.ts";

/**
 * Seconds. Prometheus' own mixin alerts at 0.05 s of drift; what breaks things is more: rate() over two hosts at a few
 * seconds, Loki's creation_grace_period at ten minutes.
 */
const warnAt = 1;
const failAt = 30;

export const check = defineCheck({
  id: "clock/agreement",
  suite: "clock",
  proves: "the clocks of all hosts agree and are kept by a time source",
  needs: ["host.clocks"],
  hints: ["host/clock-skew"],
  decideWith: "timedatectl; chronyc tracking",
  absent: () => undefined,
  run({ facts }) {
    const byHost = new Map<string, Clock[]>();
    for (const clock of facts["host.clocks"]) {
      const host = clock.host ?? "host";
      byHost.set(host, [...(byHost.get(host) ?? []), clock]);
    }
    return [...byHost].map(([host, clocks]) => judge(host, clocks));
  },
});

function judge(host: string, clocks: readonly Clock[]): VerdictDraft {
  const base = { subject: { kind: "host", id: host } as const };
  const offsets = clocks.filter(({ offsetSeconds }) => offsetSeconds !== undefined);
  const worst = offsets.toSorted(
    (a, b) => Math.abs(b.offsetSeconds ?? 0) - Math.abs(a.offsetSeconds ?? 0),
  )[0];
  if (worst?.offsetSeconds !== undefined && Math.abs(worst.offsetSeconds) >= warnAt) {
    const { offsetSeconds, at } = worst;
    const says = `the clock of ${host} is ${Math.abs(offsetSeconds).toFixed(1)} s ${offsetSeconds > 0 ? "ahead" : "behind"}`;
    return { ...base, state: Math.abs(offsetSeconds) >= failAt ? "fail" : "warn", says, proof: [at] };
  }
  const unsynchronised = clocks.find(
    ({ synchronised, ntpActive }) => synchronised === false || ntpActive === false,
  );
  if (unsynchronised)
    return {
      ...base,
      state: "warn",
      says: `nothing keeps the clock of ${host}: it is not synchronised`,
      proof: [unsynchronised.at],
    };
  const known = worst ?? clocks.find(({ synchronised }) => synchronised);
  if (known) return { ...base, state: "pass", says: `the clock of ${host} is right`, proof: [known.at] };
  return {
    ...base,
    state: "unknown",
    says: `whether the clock of ${host} is right is not shown`,
    proof: clocks.map(({ at }) => at).slice(0, 1),
  };
}
