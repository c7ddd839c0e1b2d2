// Does anything fail to reach this machine? Scrapes that are down and dials in vain, by its name and its addresses.
import type { Facts } from "../model/facts.ts";
import type { Place } from "../model/place.ts";

export type TowardsFacts = Pick<Facts, "prometheus.targets" | "host.dials" | "host.addresses">;

const inVain = new Set(["refused", "timeout", "no-route", "network-unreachable"]);

export interface Failing {
  readonly at: Place;
  /** Name or address as it was dialled. */
  readonly host: string;
}

/** The names under which a machine is dialled: its own, the short form, its addresses. */
export function namesOf(host: string, facts: Pick<Facts, "host.addresses">): ReadonlySet<string> {
  const addresses = facts["host.addresses"]
    .filter((entry) => entry.host === host && entry.container === undefined)
    .map(({ cidr }) => cidr.split("/")[0] ?? cidr);
  return new Set([host, host.split(".")[0] ?? host, ...addresses]);
}

export function hostOfUrl(url: string): string | undefined {
  const match =
    /^(?:https?:\/\/)?(?:\[([0-9a-fA-F:.]{2,45})\]|([^/:@?#\s]{1,253}))(?::\d{1,5})?(?:[/?#]|$)/.exec(url);
  return match?.[1] ?? match?.[2];
}

/** Everything that fails, with the machine it was for. */
export function failing(facts: Pick<TowardsFacts, "prometheus.targets" | "host.dials">): readonly Failing[] {
  const scrapes = facts["prometheus.targets"].flatMap(({ health, scrapeUrl, at, errorAt }) => {
    const host = health === "down" && scrapeUrl ? hostOfUrl(scrapeUrl) : undefined;
    return host ? [{ at: errorAt ?? at, host }] : [];
  });
  const dials = facts["host.dials"].flatMap(({ outcome, targetHost, at }) =>
    targetHost && inVain.has(outcome) ? [{ at, host: targetHost }] : [],
  );
  return [...scrapes, ...dials];
}
