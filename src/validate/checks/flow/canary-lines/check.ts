// The proof that logs flow: a line sent through the host's own agent is found in Loki.
import type { CanaryFlight } from "../../../../model/canary.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { noneOf } from "../../../subjects.ts";

export const check = defineCheck({
  id: "flow/canary-lines",
  suite: "flow",
  proves: "a line sent through every host's agent arrives in Loki within a minute",
  needs: ["flow.canaries"],
  after: ["pods/ready", "pods/containers-running"],
  hints: [
    "promtail/push-failing",
    "promtail/push-path-wrong",
    "promtail/nothing-to-tail",
    "host/firewall-blocks-port",
  ],
  decideWith: "watchmend validate --host HOST --canary",
  absent: ({ facts, stack }) =>
    noneOf(["promtail", "alloy"], stack) ??
    (facts["flow.canaries"].length > 0
      ? undefined
      : "no line was sent; --canary sends one through every host's agent"),
  run: ({ facts }) => facts["flow.canaries"].map(judge),
});

function judge({ at, host, outcome, ways, because, afterMs, labels }: CanaryFlight): VerdictDraft {
  const base = { subject: { kind: "host", id: host } as const, proof: [at] };
  const by = ways.length > 0 ? ` (${ways.join(", ")})` : "";
  if (outcome === "lost")
    return {
      ...base,
      state: "fail",
      says: `a line written on ${host}${by} did not arrive: ${because ?? "Loki does not have it"}`,
    };
  if (outcome !== "arrived")
    return {
      ...base,
      state: "unknown",
      says: `no line could be sent from ${host} and looked for: ${because ?? outcome}`,
    };
  const took = afterMs === undefined ? "" : ` after ${(afterMs / 1000).toFixed(1)} s`;
  const named = Object.entries(labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .slice(0, 4)
    .join(", ");
  return {
    ...base,
    state: "pass",
    says: `a line written on ${host} arrived in Loki${took}${named ? ` as {${named}}` : ""}`,
  };
}
