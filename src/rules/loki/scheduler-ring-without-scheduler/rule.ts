// Front ends look for schedulers in a ring nobody joins.
import type { Component } from "../../../model/stack.ts";
import { placedBoolean, placedText } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

/** A Loki whose start arguments are known and name no target is one process with everything in it. */
function runsScheduler({ kind, name, args, configs }: Component): boolean {
  if (kind !== "loki") return false;
  if (/scheduler|backend/.test(name)) return true;
  const targets = [
    ...args.flatMap(({ text }) => /^-{1,2}target=(.+)$/.exec(text)?.[1] ?? []),
    ...configs.flatMap((doc) => placedText(doc, "target")?.value ?? []),
  ];
  if (targets.length > 0) return targets.some((target) => /\b(?:query-scheduler|backend|all)\b/.test(target));
  return args.some(({ text }) => /^-{1,2}config\.file\b/.test(text));
}

export const rule = textRule({
  id: "loki/scheduler-ring-without-scheduler",
  title:
    "Loki uses the query scheduler's ring (use_scheduler_ring: true), but no scheduler joins it: empty ring",
  why: "With query_scheduler.use_scheduler_ring: true front ends and queriers take the schedulers' addresses from the ring. Where no query scheduler runs, or it joins another memberlist cluster, the ring stays empty and every query fails with 500 empty ring.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "error getting addresses from ring…empty ring",
    "error getting addresses from ring",
    'err="empty ring"',
    "empty ring",
  ],
  // Said once at every start, before the ingester of the same process has joined.
  except: ["error getting ingester clients"],
  from: ["loki", "grafana"],
  about: "loki",
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm(hit, facts, stack) {
    const set = lokiSettings(facts, stack, hit.component).flatMap(
      ({ doc }) => placedBoolean(doc, "query_scheduler", "use_scheduler_ring") ?? [],
    );
    const on = set.find(({ value }) => value);
    if (!on) return {};
    return stack.components.some((entry) => runsScheduler(entry)) ? {} : { holds: true, proof: [on.at] };
  },
  says: () =>
    "query_scheduler.use_scheduler_ring is true and no query scheduler has joined its ring, so queries fail with empty ring: set it to false, or run a scheduler in the same memberlist cluster",
  rivals: [
    {
      rule: "loki/ring-stays-empty",
      tellApart: "without use_scheduler_ring: true it is the ingesters' ring that is empty",
    },
  ],
  decideWith:
    "curl -s http://LOKI:3100/scheduler/ring; curl -s http://LOKI:3100/config | grep use_scheduler_ring",
  references: [
    "https://github.com/grafana/loki/issues/12138",
    "https://github.com/grafana/loki/issues/10522",
  ],
  fix: (finding, facts) =>
    lokiFix(finding, facts, "Set query_scheduler.use_scheduler_ring: false where no query scheduler runs", [
      { path: ["query_scheduler", "use_scheduler_ring"], value: false },
    ]),
});
