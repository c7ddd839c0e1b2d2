// Lines from before the window Loki accepts: old files, or a time stamp that was read wrongly.
import type { Facts } from "../../../model/facts.ts";
import { clockFault } from "../../clock-difference.ts";
import { limitOf, streamOf } from "../../loki-limits.ts";
import { lokiSettings } from "../../loki-settings.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/entries-too-old",
  title: "Loki refuses lines whose timestamp is older than reject_old_samples_max_age",
  why: "Lines older than reject_old_samples_max_age (default 168h, one week) are answered with 400 and lost. Usually the agent reads old files on its first start, which ends by itself; else a timestamp stage reads a wrong year or zone, or the sender's clock is far behind.",
  severity: "warning",
  component: "loki",
  layer: "ingestion",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "has timestamp too old: {time}, oldest acceptable timestamp is: {oldest}",
    "has timestamp too old",
    "greater_than_max_sample_age",
  ],
  from: "any",
  about: "loki",
  uses: ["config.documents", "host.clocks"],
  explainedBy: [
    { effect: "host-down", via: "anything", mechanism: "the clocks of sender and Loki do not agree" },
  ],
  confirm(hit, facts, stack) {
    const fault = clockFault(facts["host.clocks"]);
    if (fault)
      return {
        holds: true,
        proof: fault.proof,
        says: `Lines are too old for Loki (reject_old_samples_max_age) because ${fault.words}: step the wrong clock (chronyc makestep, NTP)`,
      };
    if (isThrough(hit, facts["text.lines"])) return { holds: false };
    const age = limitOf(lokiSettings(facts, stack, hit.component), "reject_old_samples_max_age");
    return { holds: true, ...(age ? { proof: [age.at] } : {}) };
  },
  says: ({ captures, line }) =>
    `Lines${captures.time ? ` of ${captures.time.replace(/[,'].*$/, "")}` : ""} are refused: they are older than reject_old_samples_max_age (168h by default)${streamOf(line.text) ? ` in stream ${streamOf(line.text)}` : ""}. Old files on the first start of the agent end by themselves; else fix the timestamp stage or drop old lines in the agent (drop older_than)`,
  rivals: [
    {
      rule: "loki/entries-too-far-behind",
      tellApart: "there the line is compared with the newest of its own stream, not with now",
    },
    {
      rule: "host/clock-skew",
      tellApart: "a clock that is days behind makes every line too old",
      decideWith: "timedatectl   # on the sender",
    },
  ],
  decideWith: "date -u   # on the sender; head -1 of the file that is read",
  references: [
    "https://github.com/grafana/loki/issues/9877",
    "https://github.com/grafana/loki/blob/main/pkg/validation/validate.go",
  ],
  fix: () => ({
    summary:
      'Drop old lines in the agent (stage.drop older_than = "168h"), fix the format or year of its timestamp stage, or wait until the back-fill is through; raising limits_config.reject_old_samples_max_age is rarely right',
    risk: "safe",
    steps: [{ do: "by-hand", title: "Drop lines older than 168h in the agent" }],
  }),
});

/** The writer says that it was the back-fill of the first start and is over. */
function isThrough({ lines }: TextHit, all: Facts["text.lines"]): boolean {
  const sources = new Set(lines.map(({ at }) => at.source));
  return all.some(
    ({ text, at, level }) =>
      level === undefined &&
      text.length < 400 &&
      sources.has(at.source) &&
      !lasts.test(text) &&
      through.test(text),
  );
}

const through =
  /\b(?:(?:was|happened|came|only|just) once|nothing (?:like that |more )?(?:for|since|after)|(?:not|never) (?:again|since)|quiet (?:since|afterwards)|stopped (?:by itself|on its own)|current (?:lines|logs) (?:are|do|arrive))\b/i;
const lasts = /\b(?:still|every time|keeps?|each|no (?:new|current))\b/i;
