// The newest moment the evidence speaks of: "now" for rules and checks that have no clock.
import type { Facts } from "../model/facts.ts";

type Timed = Pick<
  Facts,
  "text.lines" | "host.clocks" | "kubernetes.events" | "kubernetes.pods" | "prometheus.targets"
>;

/** Milliseconds since 1970; undefined when nothing carries a time. A clock that was read counts before anything else. */
export function newestMs(facts: Timed): number | undefined {
  const clocks = facts["host.clocks"].flatMap(({ nowMs }) => nowMs ?? []);
  if (clocks.length > 0) return largest(clocks);
  return largest([
    ...facts["text.lines"].flatMap(({ timeMs }) => timeMs ?? []),
    ...facts["kubernetes.events"].flatMap(({ lastSeenMs }) => lastSeenMs ?? []),
    ...facts["prometheus.targets"].flatMap(({ scrapedAtMs }) => scrapedAtMs ?? []),
    ...facts["kubernetes.pods"].flatMap(({ spec }) =>
      (spec?.containers ?? []).flatMap(({ state, lastState }) => [
        ...(state?.startedMs === undefined ? [] : [state.startedMs]),
        ...(lastState?.finishedMs === undefined ? [] : [lastState.finishedMs]),
      ]),
    ),
  ]);
}

/** Not Math.max(...list): a list of a million lines does not fit the stack. */
function largest(list: readonly number[]): number | undefined {
  return list.reduce<number | undefined>(
    (max, one) => (max === undefined || one > max ? one : max),
    undefined,
  );
}
