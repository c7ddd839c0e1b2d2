// A machine whose clock is wrong: samples and log lines of the future or the past, certificates not yet valid.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import type { Clock } from "../../../model/host.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "has timestamp too new",
  "timestamp too new",
  "has timestamp too old",
  "Error on ingesting samples that are too old or are too far into the future",
  "certificate has expired or is not yet valid",
  "Can't synchronise: no selectable sources",
  "Detected a time difference of",
];
const patterns = texts.map(compilePattern);
const tolerance = 60;

export const rule = defineRule({
  id: "host/clock-skew",
  title: "The clocks of the machines differ: one host is not synchronised with NTP",
  why: "Log lines and samples carry the sender's time. A host that runs ahead is refused by Loki (`timestamp too new`) and writes into Prometheus' future; one that runs behind looks silent in the last five minutes; TLS finds certificates not yet valid. Typical after a VM is resumed or where no NTP client runs.",
  severity: "critical",
  component: "host",
  layer: "clock",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  needs: ["host.clocks"],
  uses: ["text.lines", "metrics.samples"],
  texts,
  explains: [
    { rule: "loki/entries-too-new", via: "anything", mechanism: "the sender's clock is ahead of Loki's" },
    {
      rule: "prometheus/clock-stepped-back",
      via: "anything",
      mechanism: "the clock of the machine is wrong",
    },
  ],
  rivals: [
    {
      rule: "time-zone-of-a-parser",
      tellApart:
        "a difference of whole hours in the log lines only is a parsed time without its zone; the clocks agree then",
    },
  ],
  decideWith: "for h in HOSTS; do ssh $h date -u; done; timedatectl; chronyc tracking",
  references: [
    "https://chrony-project.org/documentation.html",
    "https://github.com/grafana/loki/issues/2278",
  ],
  check(facts) {
    const clocks = facts["host.clocks"];
    const line = facts["text.lines"].findLast((entry) => matches(patterns, entry));
    const shown = line ? [{ ...line.at, excerpt: line.text }] : [];
    return offset(clocks, shown) ?? difference(clocks, shown) ?? unsynchronised(facts, shown) ?? [];
  },
  fix: () =>
    byHand(
      "Enable time synchronisation on that host (systemctl enable --now chronyd or systemd-timesyncd; chronyc makestep to step at once), then restart its agents",
      "On the host with the wrong clock",
      "timedatectl set-ntp true; chronyc makestep",
    ),
});

/** The time service itself measured the difference. */
function offset(clocks: readonly Clock[], shown: readonly ProofDraft[]): FindingDraft[] | undefined {
  const wrong = clocks.filter(
    (clock) => Math.abs(clock.offsetSeconds ?? 0) > tolerance && !isReadersFault(clock, clocks),
  );
  if (wrong.length === 0) return undefined;
  return wrong.map((clock) => {
    const seconds = clock.offsetSeconds ?? 0;
    return draft(
      clock,
      `The clock of ${clock.host ?? "the host"} is ${duration(Math.abs(seconds))} ${seconds > 0 ? "ahead of" : "behind"} ${clock.against ?? "its time source (NTP)"}`,
      [clock.at, ...shown],
      clock.against !== undefined && clocks.length === 1 ? "likely" : "proven",
    );
  });
}

/** Every host is off by the same: it is the clock that they were measured with. */
function isReadersFault({ against, offsetSeconds = 0 }: Clock, clocks: readonly Clock[]): boolean {
  if (against === undefined) return false;
  const measured = clocks.filter((clock) => clock.against === against);
  return (
    measured.length > 1 &&
    measured.every((clock) => Math.abs((clock.offsetSeconds ?? 0) - offsetSeconds) <= tolerance / 2)
  );
}

/** `date` on several machines, taken together: one of them stands apart. */
function difference(clocks: readonly Clock[], shown: readonly ProofDraft[]): FindingDraft[] | undefined {
  const timed = clocks.filter(
    (clock): clock is Clock & { nowMs: number; host: string } =>
      clock.nowMs !== undefined && clock.host !== undefined,
  );
  const groups = new Map<string, (typeof timed)[number][]>();
  for (const clock of timed) {
    const group = groups.get(clock.at.source) ?? [];
    if (!group.some((other) => other.host === clock.host)) group.push(clock);
    groups.set(clock.at.source, group);
  }
  // outputs in separate files were taken at separate times, unless something else says that the time is wrong
  const sets = shown.length > 0 ? [timed, ...groups.values()] : [...groups.values()];
  for (const set of sets) {
    const sorted = [...set].sort((a, b) => a.nowMs - b.nowMs);
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (!first || !last || first.host === last.host) continue;
    const seconds = (last.nowMs - first.nowMs) / 1000;
    if (seconds <= tolerance * (set === timed && groups.size > 1 ? 5 : 1)) continue;
    const middle = sorted[Math.floor(sorted.length / 2)];
    const synced = sorted.find((clock) => clock.synchronised);
    const odd =
      sorted.length > 2
        ? Math.abs(last.nowMs - (middle?.nowMs ?? 0)) > Math.abs((middle?.nowMs ?? 0) - first.nowMs)
          ? last
          : first
        : synced === last
          ? first
          : last;
    const other = odd === last ? first : last;
    return [
      draft(
        odd,
        `The clocks of ${odd.host} and ${other.host} differ by ${duration(seconds)}: ${last.host} is ahead of ${first.host}, one of them is not synchronised (NTP)`,
        [odd.at, other.at, ...shown],
        "proven",
      ),
    ];
  }
  return undefined;
}

/** A machine without time service, and a consequence of a wrong time beside it. */
function unsynchronised(
  facts: Pick<Facts, "host.clocks" | "metrics.samples">,
  shown: readonly ProofDraft[],
): FindingDraft[] | undefined {
  const clock = facts["host.clocks"].find((entry) => entry.synchronised === false);
  if (!clock || shown.length === 0) return undefined;
  return [
    draft(
      clock,
      `${clock.host ?? "The host"} is not synchronised with NTP (System clock synchronized: no) and its times are refused: its clock is wrong`,
      [clock.at, ...shown],
      "likely",
    ),
  ];
}

function draft(
  clock: Clock,
  says: string,
  proof: readonly ProofDraft[],
  certainty: FindingDraft["certainty"],
): FindingDraft {
  return { subject: { kind: "host", id: clock.host ?? "host" }, says, proof, certainty };
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes (${Math.round(seconds)} s)`;
  return `${Math.round(seconds / 3600)} hours (${Math.round(seconds)} s)`;
}
