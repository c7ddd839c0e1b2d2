// Declared jobs: names, duplicates, time-outs.

import { secondsOf } from "../model/duration.ts";
import type { Check } from "./check.ts";

export const checkScrape: Check = function* (stack) {
  const jobs = new Map<string, number>();
  const own: readonly string[] = stack.components.map((one) => one.kind);
  for (const [i, job] of stack.scrape.entries()) {
    const path = ["scrape", i, "job"];
    if (own.includes(job.job))
      yield {
        path,
        says: `job ${job.job} is made by watchmend itself`,
        write: `another name, such as ${job.job}-extra`,
      };
    if (jobs.has(job.job))
      yield {
        path,
        says: `job ${job.job} is declared twice`,
        why: "Prometheus refuses that",
        write: "one job with all targets",
      };
    jobs.set(job.job, i);
    const seen = new Set<string>();
    for (const [n, { address }] of job.targets.entries()) {
      if (seen.has(address))
        yield {
          path: ["scrape", i, "targets", n],
          says: `${address} is a target of job ${job.job} twice`,
          why: "its samples would collide",
          write: "each target once",
        };
      seen.add(address);
    }
    const interval = secondsOf(job.interval ?? stack.intervals.scrape);
    if (job.timeout !== undefined && secondsOf(job.timeout) > interval)
      yield {
        path: ["scrape", i, "timeout"],
        says: `${job.timeout} is longer than the interval`,
        why: "Prometheus refuses a time-out greater than the scrape interval",
        write: `timeout: ${job.interval ?? stack.intervals.scrape}`,
      };
    if (job.probe !== undefined && !own.includes("blackbox-exporter"))
      yield {
        path: ["scrape", i, "probe"],
        says: "needs the blackbox exporter, which is disabled",
        write: "components:\n  blackbox-exporter:\n    enabled: true",
      };
  }
};
