// Targets are compared with what should be there: a target that was never rendered is down for nobody.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { declaredAway, noneOf } from "../../../subjects.ts";

export const check = defineCheck({
  id: "targets/expected",
  suite: "targets",
  proves: "the targets Prometheus scrapes are exactly those that were declared",
  needs: ["prometheus.targets"],
  hints: ["prometheus/file-sd-invalid", "prometheus/target-limit-exceeded"],
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/targets",
  absent: ({ stack, expectation }) =>
    noneOf(["prometheus"], stack) ??
    (expectation.from === "discovered"
      ? "nobody declared which targets must exist: give a model (-f watchmend.yaml) or --expect FILE"
      : undefined),
  run({ facts, expectation }) {
    const active = facts["prometheus.targets"].filter(({ dropped }) => !dropped);
    const key = (job: string, instance: string | undefined): string => `${job} ${instance ?? ""}`;
    const found = new Map(active.map((target) => [key(target.job, target.instance), target]));
    const declared = new Set(expectation.targets.map(({ job, instance }) => key(job, instance)));
    const scraped = expectation.targets.filter(({ way }) => way !== "push");
    const wanted = scraped.map(({ job, instance }): VerdictDraft => {
      const name = key(job, instance);
      const target = found.get(name);
      const subject = { kind: "link", id: `prometheus → ${name}` } as const;
      if (target) return { subject, state: "pass", says: `${name} is a target`, proof: [target.at] };
      const away = declaredAway(expectation, instance, instance.split(":")[0]);
      if (away)
        return { subject, state: "skip", says: `${name} is no target, as declared: ${away}`, proof: [] };
      return {
        subject,
        state: "fail",
        says: `${name} was declared, but Prometheus has no such target`,
        proof: [],
      };
    });
    const surplus = active
      .filter((target) => !declared.has(key(target.job, target.instance)))
      .map((target): VerdictDraft => {
        const name = key(target.job, target.instance);
        return {
          subject: { kind: "link", id: `prometheus → ${name}` },
          state: "warn",
          says: `${name} is scraped, but nobody declared it`,
          proof: [target.at],
        };
      });
    return [...wanted, ...surplus];
  },
});
