// Lines from the future: local time read as UTC, or a clock that is ahead.
import { clockFault } from "../../clock-difference.ts";
import { streamOf } from "../../loki-limits.ts";
import { textRule } from "../../text-rule.ts";

const hour = 3_600_000;

export const rule = textRule({
  id: "loki/entries-too-new",
  title: "Loki refuses lines with a timestamp in the future",
  why: "A line may be at most creation_grace_period (default 10m) ahead of Loki's clock. Local time that a timestamp stage parses as UTC (no location) is ahead by whole hours; otherwise the sender's clock is ahead. The lines are answered with 400 and lost.",
  severity: "warning",
  component: "loki",
  layer: "clock",
  nature: "cause",
  effect: "no-data-in",
  texts: ["has timestamp too new: {time}", "has timestamp too new", "too_far_in_future"],
  from: "any",
  about: "loki",
  uses: ["host.clocks"],
  explainedBy: [
    { effect: "host-down", via: "anything", mechanism: "the clocks of sender and Loki do not agree" },
  ],
  confirm(_hit, facts) {
    const fault = clockFault(facts["host.clocks"]);
    return fault
      ? {
          holds: true,
          proof: fault.proof,
          says: `Lines lie in the future for Loki (more than creation_grace_period, 10m) because ${fault.words}: step the wrong clock (chronyc makestep, NTP); the limits are right`,
        }
      : { certainty: "proven" };
  },
  says: ({ captures, line }) => {
    const ahead = aheadOf(captures.time, line.timeMs);
    const stream = streamOf(line.text);
    const lead = `Lines${captures.time ? ` of ${captures.time.replace(/[,'"].*$/, "")}` : ""}${stream ? ` in stream ${stream}` : ""} lie in the future (more than creation_grace_period, 10m)`;
    if (ahead === undefined)
      return `${lead}: a timestamp stage reads local time as UTC (set location), the sender's clock is ahead, or Loki's own is behind`;
    const hours = ahead / hour;
    const isZone = hours >= 0.9 && Math.abs(hours * 2 - Math.round(hours * 2)) < 0.1;
    return isZone
      ? `${lead} by about ${Math.round(hours * 2) / 2} h: local time is read as UTC. Set location in the timestamp stage`
      : `${lead} by ${Math.round(ahead / 60_000)} minutes: the sender's clock is ahead or Loki's is behind (NTP), or a time zone is missing in the timestamp stage`;
  },
  rivals: [
    {
      rule: "host/clock-skew",
      tellApart: "an offset of whole hours is a time zone; any other is the clock",
      decideWith: "timedatectl; chronyc tracking   # on sender and server",
    },
  ],
  decideWith: "timedatectl   # on the sender",
  references: [
    "https://github.com/grafana/loki/issues/12692",
    "https://github.com/grafana/loki/blob/main/pkg/validation/validate.go",
  ],
  fix: (finding) => ({
    summary: /because the clock/.test(finding.says)
      ? "Correct the clock that is wrong: chronyc makestep (or timedatectl set-ntp true), and keep NTP running"
      : "Set location (for example Europe/Berlin) in the agent's timestamp stage, or let NTP correct the sender's clock",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: /because the clock/.test(finding.says)
          ? "Synchronise the clock"
          : "Name the zone in stage.timestamp (location), or synchronise the clock",
        command: "timedatectl; chronyc tracking",
      },
    ],
  }),
});

function aheadOf(time: string | undefined, seenMs: number | undefined): number | undefined {
  const ms = time === undefined ? Number.NaN : Date.parse(time.replace(/[,'"].*$/, ""));
  return Number.isNaN(ms) || seenMs === undefined || ms <= seenMs ? undefined : ms - seenMs;
}
