// Every target Prometheus knows must have answered its last scrape, and lately.
import type { ScrapeTarget } from "../../../../model/api.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Expectation } from "../../../../model/expectation.ts";
import { declaredAway, noneOf } from "../../../subjects.ts";

/** Milliseconds: several times the longest usual scrape interval. */
const staleAfter = 300_000;

export const check = defineCheck({
  id: "targets/up",
  suite: "targets",
  proves: "every active scrape target of Prometheus answers, and answered within the last minutes",
  needs: ["prometheus.targets"],
  hints: ["prometheus/target-unreachable"],
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/targets",
  absent: ({ stack }) => noneOf(["prometheus"], stack),
  run: ({ facts, expectation, nowMs }) =>
    facts["prometheus.targets"]
      .filter(({ dropped }) => !dropped)
      .map((target) => judge(target, expectation, nowMs)),
});

function judge(target: ScrapeTarget, expectation: Expectation, nowMs: number | undefined): VerdictDraft {
  const instance = target.instance ?? target.scrapeUrl ?? "?";
  const name = `${target.job} ${instance}`;
  const base = {
    subject: { kind: "link", id: `prometheus → ${name}` } as const,
    proof: [target.errorAt ?? target.at],
  };
  const away = declaredAway(expectation, instance, instance.split(":")[0], target.labels.host);
  if (target.health === "unknown") return { ...base, state: "unknown", says: `${name} was not scraped yet` };
  if (target.health === "down") {
    const error = target.lastError ? `: ${target.lastError}` : "";
    if (away) return { ...base, state: "skip", says: `${name} is down, as declared: ${away}` };
    return { ...base, state: "fail", says: `${name} is down${error}` };
  }
  const age = nowMs === undefined || !target.scrapedAtMs ? undefined : nowMs - target.scrapedAtMs;
  if (age !== undefined && age > staleAfter)
    return {
      ...base,
      state: "fail",
      says: `${name} was scraped ${Math.round(age / 60_000)} min ago for the last time`,
    };
  return { ...base, state: "pass", says: `${name} is up` };
}
