// Two sources share one set of labels, and one is late: its lines are older than the stream accepts.

import type { Facts } from "../../../model/facts.ts";
import type { Stack } from "../../../model/stack.ts";
import type { TextLine } from "../../../model/text.ts";
import { limitOf, streamOf } from "../../loki-limits.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { lostPositions } from "../../lost-positions.ts";
import { type Confirmation, textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/entries-too-far-behind",
  title: "Loki drops lines that are too far behind the newest line of the same stream",
  why: "Within a stream Loki accepts lines up to max_chunk_age / 2 (default 1 h) older than its newest one. Two sources with different delays under one label set, files that are read again because positions were lost, or hosts without a host label send older lines: 400, not retried, lost. Before 2.4 any line out of order was refused.",
  severity: "warning",
  component: "loki",
  layer: "ingestion",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "entry too far behind, entry timestamp is: {time*}, oldest acceptable timestamp is: {oldest*}",
    "entry too far behind",
    "entry out of order",
  ],
  looksFor: ["Starting Promtail", "--force-recreate", "recreate", "redeploy"],
  from: "any",
  about: "loki",
  uses: ["config.documents", "docker.containers"],
  confirm(hit, facts, stack) {
    if (
      /has timestamp too (?:old|new)/.test(hit.line.text) &&
      !/too far behind|out of order/.test(hit.line.text)
    )
      return { holds: false };
    if (!/too far behind|out of order/i.test(hit.line.text)) return { holds: false };
    if (isBacklog(hit.lines)) return { holds: true, severity: "notice" };
    const again = readAgain(facts, stack);
    if (again) return again;
    const settings = lokiSettings(facts, stack, hit.component);
    const unordered = limitOf(settings, "unordered_writes");
    return { holds: true, ...(unordered?.text === "false" ? { proof: [unordered.at] } : {}) };
  },
  says: ({ line }) => {
    const stream = streamOf(line.text);
    const isOld = /out of order/i.test(line.text) && !/too far behind/i.test(line.text);
    return isOld
      ? `Lines out of order in stream ${stream ?? "(not shown)"} are dropped (Loki before 2.4, or unordered_writes: false): make streams distinct with a host or container label, or upgrade`
      : `Lines older than the newest of the same stream ${stream ?? ""} by more than max_chunk_age / 2 (1 h) are dropped: several sources share one label set, or a file is read again. Add a host or container label so that streams are distinct, and keep the agent's positions`;
  },
  rivals: [
    {
      rule: "loki/entries-too-old",
      tellApart:
        "there the age against now counts (reject_old_samples_max_age, one week), whatever the stream",
    },
  ],
  decideWith: "sum by (reason) (rate(loki_discarded_samples_total[5m]))",
  references: [
    "https://github.com/grafana/loki/issues/11556",
    "https://github.com/grafana/loki/blob/main/pkg/chunkenc/interface.go",
  ],
  fix: () => ({
    summary:
      "Make the streams distinct (add a host or container label in the agent), keep its positions on a volume, and drop old lines on first start (stage.drop older_than); raise ingester.max_chunk_age only if that is not enough",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Add a label that tells the sources apart (host, container) in the agent" },
    ],
  }),
});

/** One refusal about lines of days ago: an agent that reads old files when it is new. Sources that share a stream differ by minutes. */
function isBacklog(lines: readonly TextLine[]): boolean {
  const [line, another] = lines;
  if (!line || another) return false;
  const entry = /entry with timestamp (\d{4}-\d\d-\d\d)/.exec(line.text)?.[1];
  const oldest = /oldest acceptable timestamp is: (\d{4}-\d\d-\d\d)/.exec(line.text)?.[1];
  if (!entry || !oldest) return false;
  return Date.parse(oldest) - Date.parse(entry) > 2 * 86_400_000;
}

const recreated =
  /Starting Promtail|--force-recreate|\b(?:re-?creat|re-?deploy|restart|reboot|re-?start)\w*|\bnew container/i;

/** The agent's positions are lost with its container, and somebody or its log tells that it was made anew. */
function readAgain(
  facts: Pick<Facts, "config.documents" | "text.lines">,
  stack: Stack,
): Confirmation | undefined {
  for (const component of stack.components) {
    const lost = component.kind === "promtail" ? lostPositions(component, facts) : undefined;
    const told = lost && facts["text.lines"].find(({ text }) => text.length < 2_000 && recreated.test(text));
    if (lost && told)
      return {
        holds: true,
        proof: [lost.at, { ...told.at, excerpt: told.text }],
        says: `${component.name} reads all files again after each new container, because its positions file ${lost.path} is on no volume; Loki drops the lines that are older than the newest of the stream by more than max_chunk_age / 2 (1 h). Put positions.filename on a volume`,
      };
  }
  return undefined;
}
