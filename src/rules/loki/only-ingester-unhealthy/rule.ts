// One ingester, one copy, and even that one does not count as alive.
import { belongsToStart, lokiIds, ringFaults, startTexts } from "../../loki-ring.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/only-ingester-unhealthy",
  title: "Loki's only ingester is unhealthy in the ring",
  why: "Heart-beats of the ingester do not reach the ring: it is stuck in WAL replay or keeps crashing, it registered an address nobody can dial (instance_addr, 0.0.0.0, the wrong interface), or it was replaced and the stale member stayed. Every push and query answers 500 until a member is ACTIVE.",
  severity: "critical",
  component: "loki",
  layer: "state",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  texts: [
    "at least {need#} live replicas required, could only find {found#} - unhealthy instances: {list*}",
    "at least {need#} live replicas required…could only find {found#}",
  ],
  recoveredBy: startTexts.slice(2),
  from: "any",
  about: "loki",
  uses: ["loki.ring"],
  explainedBy: [
    {
      effect: "down",
      via: "selects",
      mechanism: "an ingester that does not run sends no heart-beat to the ring",
    },
  ],
  confirm(hit, facts, stack) {
    if (hit.captures.need !== "1" || hit.captures.found !== "0") return { holds: false };
    if (belongsToStart(hit.lines, facts["text.lines"])) return { holds: false };
    const faults = ringFaults(facts["loki.ring"]);
    if (facts["loki.ring"].length > 0 && faults.length === 0) return { holds: false };
    const concerns = lokiIds(stack);
    const wildcard = /(0\.0\.0\.0|\[::\]|127\.0\.0\.1)(:\d+)?/.exec(hit.captures.list ?? "")?.[0];
    if (wildcard) {
      return {
        holds: true,
        concerns,
        says: `The ingester registered the address ${wildcard} in the ring, which no other component can dial: set common.instance_addr (or instance_interface_names)`,
      };
    }
    const names = faults
      .map((member) => `${member.id} ${member.state} ${member.address ?? ""}`.trim())
      .join(", ");
    return names === ""
      ? { concerns }
      : {
          holds: true,
          concerns,
          proof: faults.map(({ at }) => at),
          says: `1 live replica is required and 0 are found: the ring shows ${names}`,
        };
  },
  says: ({ captures }) =>
    `1 live replica is required and 0 are found${captures.list ? ` (unhealthy: ${captures.list.replace(/[\\"].*$/, "")})` : ""}: the ingester does not heart-beat, advertises an address nobody can dial, or the member is stale`,
  rivals: [
    {
      rule: "loki/replication-factor-exceeds-instances",
      tellApart: "there two or more live replicas are required",
    },
  ],
  decideWith: "curl -s -H 'Accept: application/json' http://LOKI:3100/ring",
  references: [
    "https://github.com/grafana/loki/issues/15639",
    "https://github.com/grafana/loki/blob/main/vendor/github.com/grafana/dskit/ring/replication_strategy.go",
  ],
  fix: () => ({
    summary:
      "Find out why the ingester does not heart-beat (WAL replay, memory, disk); for a wrong address set common.instance_addr; press Forget on /ring for a stale member",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Look at the member's state and address",
        command: "curl -s -H 'Accept: application/json' http://LOKI:3100/ring",
      },
      { do: "by-hand", title: "Forget a stale member on the /ring page; never one that still runs" },
    ],
  }),
});
