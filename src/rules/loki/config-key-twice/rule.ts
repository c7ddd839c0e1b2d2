// The same key twice in Loki's configuration: strict YAML, fatal at start.
import { keysTwice, keyTwiceTexts } from "../../key-twice.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/config-key-twice",
  title: "Loki's configuration has the same key twice (duplicate key), so Loki refuses the file",
  why: "Loki reads its YAML strictly. A key that stands twice in one mapping, typically a block that was pasted below another one of the same name, makes the whole file invalid: the process ends at start, a reload keeps the old configuration.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [...keyTwiceTexts],
  from: ["loki"],
  uses: ["config.documents"],
  confirm: (hit) => ({
    holds:
      hit.line.component === "loki" ||
      (hit.line.component === undefined && /loki/i.test(hit.line.text)) ||
      hit.component?.kind === "loki",
  }),
  says: ({ captures }) =>
    `The key ${captures.key} stands twice in Loki's configuration (the first in line ${captures.number ?? "?"}): duplicate keys are refused`,
  fromFiles: (facts, stack) => keysTwice(facts["config.documents"], ["loki"], "loki", stack),
  decideWith: "loki -verify-config=true -config.file=FILE",
  references: ["https://github.com/grafana/loki/issues/20027"],
  fix: (finding) => ({
    summary: `Merge the two blocks into one and delete the second in ${finding.subject.id}`,
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Merge the two blocks", command: "loki -verify-config=true -config.file=FILE" },
    ],
  }),
});
