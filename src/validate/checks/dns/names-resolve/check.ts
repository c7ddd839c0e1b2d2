// A name counts as resolved when its consumer got an address: NXDOMAIN is a failure, not an answer.
import type { ScrapeTarget } from "../../../../model/api.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Dial, DialOutcome } from "../../../../model/host.ts";

const unresolved: ReadonlySet<DialOutcome> = new Set<DialOutcome>(["nxdomain", "dns-failure"]);
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[0-9a-f]*:[0-9a-f:.]*\]?)$/i;

export const check = defineCheck({
  id: "dns/names-resolve",
  suite: "dns",
  proves: "the names the parts use for each other resolve where they are used",
  needs: ["host.dials"],
  uses: ["prometheus.targets"],
  after: ["pods/ready"],
  hints: ["kubernetes/service-without-endpoints", "docker/host-docker-internal-unknown"],
  decideWith: "getent hosts NAME   # inside the consumer's container, or nsenter --net into it",
  absent: () => undefined,
  run({ facts }) {
    const byName = new Map<string, Dial[]>();
    for (const dial of facts["host.dials"]) {
      const name = dial.targetHost ?? dial.target;
      // what logs tell of the past is the business of diagnose
      if (dial.tool === "log" || address.test(name) || name === "localhost") continue;
      const key = `${from(dial)} ${name}`;
      byName.set(key, [...(byName.get(key) ?? []), dial]);
    }
    const asked = [...byName.values()].map(judge);
    const scraped = facts["prometheus.targets"].flatMap(resolvedByScrape);
    if (asked.length + scraped.length > 0) return [...asked, ...once(scraped)];
    const says = "every part is reached by its address; no name has to be looked up";
    return [{ subject: { kind: "cluster", id: "stack" }, state: "skip", says, proof: [] }];
  },
});

/** A target that is up was looked up by Prometheus itself, where it runs. */
function resolvedByScrape({ at, dropped, health, scrapeUrl }: ScrapeTarget): VerdictDraft[] {
  const name = /^https?:\/\/([^/:?#@[\]]{1,253})(?:[/:?#]|$)/.exec(scrapeUrl ?? "")?.[1];
  if (dropped || health !== "up" || name === undefined || address.test(name) || name === "localhost")
    return [];
  return [
    {
      subject: { kind: "link", id: `prometheus → ${name}` },
      state: "pass",
      says: `${name} resolves for Prometheus, which scrapes it`,
      proof: [at],
    },
  ];
}

function once(drafts: readonly VerdictDraft[]): VerdictDraft[] {
  return [...new Map(drafts.map((draft) => [draft.subject.id, draft])).values()];
}

function from(dial: Dial): string {
  return dial.fromPod ?? dial.fromContainer ?? dial.fromHost ?? "where it was asked";
}

function judge(dials: readonly Dial[]): VerdictDraft {
  const last = dials.at(-1) as Dial;
  const name = last.targetHost ?? last.target;
  const base = { subject: { kind: "link", id: `${from(last)} → ${name}` } as const, proof: [last.at] };
  const failed = dials.find((dial) => unresolved.has(dial.outcome));
  if (!failed)
    return {
      ...base,
      state: "pass",
      says: `${name} resolves for ${from(last)}${last.addresses?.length ? ` (${last.addresses.join(", ")})` : ""}`,
    };
  const why = failed.outcome === "nxdomain" ? "the name does not exist" : "the name server did not answer";
  return {
    ...base,
    state: "fail",
    says: `${name} does not resolve for ${from(last)}: ${why}`,
    proof: [failed.at],
  };
}
