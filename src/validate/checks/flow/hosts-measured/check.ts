// Every host must have a target of its own that is up: that is what "its metrics arrive" means.
import type { ScrapeTarget } from "../../../../model/api.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { declaredAway, noneOf } from "../../../subjects.ts";

export const check = defineCheck({
  id: "flow/hosts-measured",
  suite: "flow",
  proves: "metrics of every host arrive in Prometheus",
  needs: ["prometheus.targets"],
  uses: ["host.addresses"],
  after: ["targets/up"],
  hints: ["prometheus/target-unreachable"],
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/targets",
  absent: ({ stack, expectation }) =>
    noneOf(["prometheus"], stack) ??
    (expectation.measured.length > 0 ? undefined : "no host is known that should be measured"),
  run: ({ facts, expectation }) =>
    expectation.measured.map((host): VerdictDraft => {
      const names = new Set([
        host,
        ...facts["host.addresses"]
          .filter((one) => one.host === host)
          .map(({ cidr }) => cidr.split("/")[0] ?? cidr),
      ]);
      const own = facts["prometheus.targets"].filter((target) => !target.dropped && isOf(target, names));
      const base = {
        subject: { kind: "host", id: host } as const,
        proof: own.map(({ at }) => at).slice(0, 3),
      };
      if (own.some(({ health }) => health === "up"))
        return { ...base, state: "pass", says: `Prometheus measures ${host}` };
      const away = declaredAway(expectation, host);
      if (away)
        return { ...base, state: "skip", says: `Prometheus does not measure ${host}, as declared: ${away}` };
      if (own.length > 0)
        return { ...base, state: "fail", says: `all ${own.length} targets of ${host} are down` };
      return { ...base, state: "fail", says: `Prometheus has no target on ${host}` };
    }),
});

function isOf(target: ScrapeTarget, names: ReadonlySet<string>): boolean {
  const addresses = [
    target.instance,
    target.discoveredLabels?.__address__,
    target.scrapeUrl?.replace(/^https?:\/\//, "").split("/")[0],
  ];
  const hosts = addresses.flatMap((text) => (text === undefined ? [] : [text.replace(/:\d+$/, "")]));
  return [...hosts, target.labels.host, target.labels.hostname, target.labels.nodename].some(
    (name) => name !== undefined && names.has(name),
  );
}
