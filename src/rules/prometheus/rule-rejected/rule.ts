// The file is YAML and its expressions parse, but a rule breaks another law of the format.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/rule-rejected",
  title: "A rule is rejected (its fields, names or templates are not valid), so its whole file is not loaded",
  why: "Every rule needs either record or alert, and expr; names of labels, annotations and recorded series have a grammar; a group's name may stand once in a file; templates must parse. One fault rejects the file: at start Prometheus ends, at a reload it keeps the old rules.",
  severity: "critical",
  component: "prometheus",
  layer: "rules",
  nature: "cause",
  effect: "down",
  phase: "rules",
  texts: [
    'group "{group}", rule {number#}, "{name}": {error*}',
    "one of 'record' or 'alert' must be set",
    "field 'expr' must be set in rule",
    'groupname: "{group}" is repeated in the same file',
    "Groupname must not be empty",
    "invalid recording rule name: {name}",
    "invalid annotation name: {name}",
  ],
  except: ["could not parse expression", "parse error", "cannot unmarshal", "yaml: line"],
  from: ["prometheus"],
  confirm: (hit) => ({ holds: hit.lines.some(({ text }) => reasonOf(text) !== undefined) }),
  says: ({ lines, captures }) => {
    const reasons = [...new Set(lines.flatMap(({ text }) => reasonOf(text) ?? []))].slice(0, 3);
    const group =
      lines.flatMap(({ text }) => /group \\*"([^"\\]+)/.exec(text)?.[1] ?? [])[0] ?? captures.group;
    return `A rule${group ? ` of group ${group}` : ""} is not valid: ${reasons.join("; ")}`;
  },
  rivals: [
    { rule: "prometheus/rule-expression-invalid", tellApart: "there the message says parse error" },
    {
      rule: "prometheus/rules-file-invalid",
      tellApart: "there the file is no YAML, or its shape is another one",
    },
  ],
  decideWith: "promtool check rules FILE",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/",
    "https://github.com/prometheus/prometheus/blob/main/model/rulefmt/rulefmt.go",
  ],
  fix: () => ({
    summary: "Correct the named rule and check the file with promtool before you reload",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Check the file", command: "promtool check rules FILE" }],
  }),
});

/** What the check of the format says, without the rule's place in front. */
function reasonOf(text: string): string | undefined {
  return /(?:one of 'record' or 'alert' must be set|only one of 'record' and 'alert' must be set|field 'expr' must be set in rule|invalid field '[\w]+' in recording rule|groupname: \\*"[^"]{1,200}" is repeated in the same file|Groupname must not be empty|invalid (?:recording rule|annotation|label) (?:name|value): [^"\s\\]{1,200}|(?:annotation|label) \\*"[^"]{1,100}": template: .{1,200}|msg=template: .{1,200})/i
    .exec(text)?.[0]
    .replace(/\\+"/g, '"')
    .replace(/["\\]+$/, "");
}
