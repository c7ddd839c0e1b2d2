// The head holds samples of the future, so everything that is right now is too old.
import { clockMoved, clockMovedTexts } from "../../clock-moved.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/clock-stepped-back",
  title: "The clock of the Prometheus host was ahead and stepped back, so every new sample is out of bounds",
  why: "Samples written while the clock was ahead lie in the future. After the clock was set right (time sync after a reboot, a resumed VM) every new sample is older than what the head holds, and all targets of all pools drop everything until real time has caught up.",
  severity: "critical",
  component: "prometheus",
  layer: "clock",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    "Error on ingesting samples that are too old or are too far into the future",
    "Append failed…err={error*}out of bounds",
    "Appending scrape report failed…out of bounds",
    "Scrape health sample discarded…sample timestamp out of order",
    "Scrape commit failed…out of bounds",
  ],
  looksFor: clockMovedTexts,
  uses: ["host.clocks"],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const targets = new Set(
      hit.lines.map((line) => line.fields?.target ?? line.text.match(/target=(\S+)/)?.[1]),
    );
    const isReport = hit.lines.some((line) => /scrape report failed/i.test(line.text));
    const clock = facts["host.clocks"].find(
      (entry) => entry.synchronised === false || Math.abs(entry.offsetSeconds ?? 0) > 60,
    );
    const said = facts["text.lines"].find(
      (line) => line.stream === "note" && /reboot|time ?sync|clock|timesync|suspend|resum/i.test(line.text),
    );
    const jumped = facts["text.lines"].find((line) => clockMoved.test(line.text));
    if (targets.size < 2 && !isReport && !jumped) return { holds: false };
    const proof = [clock?.at, jumped?.at, said?.at].flatMap((at) => (at ? [at] : []));
    // a time service that has found its server has not said yet that it moved the clock
    if (proof.length > 0)
      return {
        holds: true,
        proof,
        ...(!clock && !said && jumped && /synchroni[sz]|contacted/i.test(jumped.text)
          ? { certainty: "likely" as const }
          : {}),
      };
    return { holds: true, certainty: "likely" };
  },
  says: ({ lines }) =>
    `Every sample is rejected as out of bounds (${lines.length} kinds of lines over several targets): the host clock was ahead of real time and was set back, the head still holds the future`,
  rivals: [
    {
      rule: "prometheus/target-sends-old-timestamps",
      tellApart: "there one target is concerned and few samples; here all targets drop all samples",
    },
  ],
  decideWith:
    "timedatectl; journalctl -k | grep -i 'time jumped'; chronyc tracking   # on the Prometheus host",
  references: [
    "https://github.com/prometheus/prometheus/issues/6554",
    "https://github.com/prometheus/prometheus/issues/10028",
  ],
  fix: () => ({
    summary:
      "Make time right first (NTP/chrony, start Prometheus After=time-sync.target); then wait until real time passes, or move wal and chunks_head away (2 to 3 hours are lost)",
    risk: "disruptive",
    steps: [
      { do: "by-hand", title: "See whether the clock is right", command: "timedatectl; chronyc tracking" },
    ],
  }),
});
