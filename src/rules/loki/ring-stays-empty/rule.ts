// A ring that is empty for longer than a start takes.
import { placedBoolean } from "../../../stack/setting.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

const longMs = 60_000;
const many = 8;

export const rule = textRule({
  id: "loki/ring-stays-empty",
  title: "Loki's ring stays empty: no ingester (or scheduler) has joined it",
  why: "For some seconds after a start the ring is empty. When it stays so, the ingesters are down, have no address to announce, or form another memberlist cluster than the processes that ask; queries and pushes fail with empty ring.",
  severity: "critical",
  component: "loki",
  layer: "state",
  nature: "symptom",
  effect: "no-answer",
  texts: ["empty ring"],
  from: ["loki", "grafana", "promtail", "alloy"],
  about: "loki",
  recoveredBy: ["adding connection to scheduler"],
  uses: ["config.documents"],
  unconfirmed: "silent",
  explainedBy: [
    {
      effect: "down",
      via: "same-component",
      mechanism: "the process that should join the ring is not running",
    },
    {
      effect: "not-ready",
      via: "same-component",
      mechanism: "the process that should join the ring never becomes ready",
    },
    { effect: "unreachable", via: "same-component", mechanism: "the members do not reach each other" },
    { effect: "no-answer", via: "same-component", mechanism: "the ring that is asked has no members" },
    {
      effect: "down",
      via: "anything",
      mechanism: "a process of the same Loki that should join the ring is not running",
    },
    { effect: "host-down", via: "anything" },
  ],
  confirm(hit, facts, stack) {
    const usesScheduler = lokiSettings(facts, stack, hit.component).some(
      ({ doc }) => placedBoolean(doc, "query_scheduler", "use_scheduler_ring")?.value === true,
    );
    if (usesScheduler) return { holds: false };
    const times = hit.lines.flatMap(({ timeMs }) => timeMs ?? []);
    const span = times.length > 1 ? Math.max(...times) - Math.min(...times) : 0;
    const count = hit.lines.reduce((sum, line) => sum + (line.count ?? 1), 0);
    return span >= longMs || count >= many ? { holds: true } : {};
  },
  says: ({ lines }) =>
    `The ring has been empty for ${lines.length} log lines: no member has joined it. Look whether ingesters run and share memberlist.join_members and cluster_label with the others`,
  decideWith:
    "curl -s -H 'Accept: application/json' http://LOKI:3100/ring; curl -s http://LOKI:3100/memberlist",
  references: [
    "https://github.com/grafana/loki/issues/13944",
    "https://github.com/grafana/loki/blob/main/pkg/util/ring_watcher.go",
  ],
});
