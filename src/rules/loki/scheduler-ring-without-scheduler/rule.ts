// Front ends look for schedulers in a ring nobody joins.
import type { ConfigDocument } from "../../../model/config.ts";
import { valueAt } from "../../../stack/config-value.ts";
import { placedBoolean } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

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
  from: ["loki", "grafana"],
  about: "loki",
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const set = settings.flatMap(
      ({ doc }) => placedBoolean(doc, "query_scheduler", "use_scheduler_ring") ?? [],
    );
    const on = set.find(({ value }) => value);
    if (!on) return {};
    const runs = stack.components.some(
      (entry) =>
        entry.kind === "loki" &&
        (/scheduler|backend/.test(entry.name) ||
          entry.args.some(({ text }) => /target=.*(query-scheduler|backend|all)/.test(text))),
    );
    return runs || settings.some(({ doc }) => runsAll(doc)) ? {} : { holds: true, proof: [on.at] };
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

/** The single binary schedules its queries itself; its own /config says `target: all`, and the ring is empty only while it starts. */
function runsAll(doc: ConfigDocument): boolean {
  const target = valueAt(doc.value, "target");
  return doc.origin === "running" && /(?:^|,)all(?:,|$)/.test(String(target ?? ""));
}
