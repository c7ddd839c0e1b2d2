// Enough members are in the ring, not enough of them are alive: crashed ingesters, or ghosts of earlier ones.
import { belongsToStart, lokiIds, ringFaults, startTexts } from "../../loki-ring.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/ring-members-unhealthy",
  title: "Too many members of Loki's ring are unhealthy",
  why: "Members that do not heart-beat still count for the replication factor. They are ingesters that crashed, or ghosts: entries of pods that were replaced with another address without leaving the ring. Below the quorum every push and query fails.",
  severity: "critical",
  component: "loki",
  layer: "state",
  nature: "cause",
  effect: "not-ready",
  phase: "ready",
  texts: [
    "too many unhealthy instances in the ring",
    "at least {need#} live replicas required, could only find {found#} - unhealthy instances: {list*}",
    "found an existing instance(s) with a problem in the ring{rest*}past heartbeat timeout",
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
    if (Number(hit.captures.need ?? 2) < 2) return { holds: false };
    if (belongsToStart(hit.lines, facts["text.lines"])) return { holds: false };
    const faults = ringFaults(facts["loki.ring"]);
    const total = facts["loki.ring"].length;
    if (total > 0 && faults.length === 0) return { holds: false };
    const concerns = lokiIds(stack);
    if (faults.length === 0) return { concerns };
    const addresses = new Set(stack.components.flatMap(({ pods }) => pods.flatMap((pod) => pod.ip ?? [])));
    const ghosts = faults.filter(
      ({ address }) => addresses.size > 0 && address && !addresses.has(address.replace(/:\d+$/, "")),
    );
    const names = faults.map((member) => `${member.id} (${member.state})`).join(", ");
    return {
      holds: true,
      concerns,
      proof: faults.slice(0, 5).map(({ at }) => at),
      says: `${faults.length} of ${total} ring members are not ACTIVE: ${names}${ghosts.length > 0 ? `; ${ghosts.map(({ id }) => id).join(", ")} belongs to no running pod: a stale entry to forget` : ""}`,
    };
  },
  says: ({ captures, line }) =>
    captures.found === undefined && /past heartbeat timeout/.test(line.text)
      ? `${/instance ([\d.:a-f[\]]+) past heartbeat/.exec(line.text)?.[1] ?? "A member"} is still in the ring and past its heartbeat timeout, a stale entry of an ingester that stopped without leaving: new ingesters do not become ready until it is forgotten (Forget on /ring, ingester.autoforget_unhealthy: true)`
      : captures.found === undefined
        ? "The ring has too many unhealthy instances: ingesters crashed, or left stale entries behind after an unclean shutdown"
        : `${captures.need} live replicas are required and ${captures.found} found; unhealthy in the ring: ${(captures.list ?? "").replace(/[\\"].*$/, "")}`,
  rivals: [
    {
      rule: "loki/replication-factor-exceeds-instances",
      tellApart: "there the ring has fewer members than the replication factor needs",
    },
  ],
  decideWith: "curl -s -H 'Accept: application/json' http://LOKI:3100/ring",
  references: [
    "https://github.com/grafana/loki/issues/14606",
    "https://github.com/grafana/loki/blob/main/docs/sources/operations/troubleshooting/troubleshoot-operations.md",
  ],
  fix: (finding, _facts) => ({
    summary:
      "Bring crashed ingesters back; press Forget on /ring for stale members and set ingester.autoforget_unhealthy: true; keep replication_factor at or below the number of replicas",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Compare ring members with running pods",
        command:
          "curl -s -H 'Accept: application/json' http://LOKI:3100/ring; kubectl -n NAMESPACE get pods -o wide",
      },
      {
        do: "by-hand",
        title: `Forget members without a running process on the /ring page of ${finding.component ?? "Loki"}; never one that still runs`,
      },
    ],
  }),
});
