// The proof that metrics flow: Prometheus' own query answers with a sample of the last minutes, for every target.
import type { Sample, ScrapeTarget } from "../../../../model/api.ts";
import { freshnessQuery } from "../../../../model/canary.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Expectation } from "../../../../model/expectation.ts";
import type { ProofDraft } from "../../../../model/finding.ts";
import { declaredAway, noneOf } from "../../../subjects.ts";

/** Seconds; what Prometheus' queries look back. */
const oldest = 300;

export const check = defineCheck({
  id: "flow/fresh-samples",
  suite: "flow",
  proves: "a sample of the last minutes comes back from Prometheus' query for every target",
  needs: ["metrics.samples"],
  uses: ["prometheus.targets"],
  hints: ["prometheus/target-sends-old-timestamps", "prometheus/remote-write-refused"],
  decideWith: `curl -s 'http://PROMETHEUS:9090/api/v1/query' --data-urlencode 'query=${freshnessQuery}'`,
  absent: ({ stack }) => noneOf(["prometheus"], stack),
  run({ facts, expectation }) {
    const samples = facts["metrics.samples"].filter(({ query }) => query === freshnessQuery);
    const jobs = wantedByJob(facts["prometheus.targets"], expectation);
    if (samples.length === 0 && jobs.size === 0) return [];
    return [...jobs].map(([job, wanted]) => judge(job, wanted, samples));
  },
});

interface Wanted {
  readonly instance: string;
  readonly at?: ProofDraft;
}

/** Targets that Prometheus calls up, and those whose samples an agent sends. */
function wantedByJob(
  targets: readonly ScrapeTarget[],
  expectation: Expectation,
): ReadonlyMap<string, readonly Wanted[]> {
  const jobs = new Map<string, Wanted[]>();
  const add = (job: string, wanted: Wanted): void => {
    const known = jobs.get(job) ?? [];
    if (!known.some(({ instance }) => instance === wanted.instance)) jobs.set(job, [...known, wanted]);
  };
  for (const { job, labels, instance, health, dropped, at } of targets) {
    const name = labels.instance ?? instance;
    if (health === "up" && !dropped && name !== undefined) add(job, { instance: name, at });
  }
  for (const { job, instance, way } of expectation.targets)
    if (way === "push" && !declaredAway(expectation, instance, instance.split(":")[0]))
      add(job, { instance });
  return jobs;
}

function judge(job: string, wanted: readonly Wanted[], samples: readonly Sample[]): VerdictDraft {
  const own = samples.filter(({ labels }) => labels.job === job);
  const ages = new Map(own.map(({ labels, value }) => [labels.instance, value]));
  const lacking = wanted.filter(({ instance }) => !isFresh(ages.get(instance)));
  const subject = { kind: "link", id: `prometheus → ${job}` } as const;
  if (lacking.length === 0) {
    const age = Math.max(...wanted.slice(0, 10_000).map(({ instance }) => ages.get(instance) ?? 0));
    const says = `${wanted.length} of ${wanted.length} targets of ${job} have samples; the oldest is ${Math.round(age)} s old`;
    return { subject, state: "pass", says, proof: own.slice(0, 1).map(({ at }) => at) };
  }
  const names = lacking.slice(0, 5).map(({ instance }) => instance);
  const shown = `${names.join(", ")}${lacking.length > 5 ? ", …" : ""}`;
  const says = `${lacking.length} of ${wanted.length} targets of ${job} have no sample of the last ${oldest / 60} minutes: ${shown}`;
  const proof = [...own.map(({ at }) => at), ...lacking.flatMap(({ at }) => at ?? [])].slice(0, 3);
  return { subject, state: "fail", says, proof };
}

/** Never NaN, and not from the future by more than clocks may differ. */
function isFresh(age: number | undefined): boolean {
  return age !== undefined && age <= oldest && age > -oldest;
}
