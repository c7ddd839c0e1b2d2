// Alloy cannot load its configuration.
import type { TextLine } from "../../../model/text.ts";
import { textRule } from "../../text-rule.ts";

/** The line that names file, line and column: the one before the exit says only that it did not load. */
function placed(lines: readonly TextLine[], line: TextLine): TextLine {
  return lines.find(({ text }) => /\.alloy:\d+|config:\d+|:\d+:\d+: /.test(text)) ?? line;
}

export const rule = textRule({
  id: "alloy/config-invalid",
  title:
    "Alloy cannot load its configuration: a syntax error, an unknown block or attribute, or a component that does not exist",
  why: "The first load must succeed. The lines before the exit carry file, line and column. Components may need a newer version or --stability.level=experimental.",
  severity: "critical",
  component: "alloy",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: ["alloy"],
  texts: [
    "Failed to build component: {why*}",
    "could not perform the initial load successfully",
    "missing ',' in field list",
    "unrecognized block name {name*}",
    "unrecognized attribute name {name*}",
    "does not exist or is out of scope",
    "cannot find the definition of component name {name*}",
    "missing required attribute {name*}",
    "is at stability level {level*}, which is below the minimum allowed stability level",
  ],
  confirm: ({ lines, line }) => {
    const { at, text } = placed(lines, line);
    return { holds: true, ...(text === line.text ? {} : { proof: [{ ...at, excerpt: text }] }) };
  },
  says: ({ lines, line }) => {
    const told = placed(lines, line).text.replace(/^ts=\S+ level=\w+ (msg=)?/, "");
    return `The configuration does not load: ${told.slice(0, 200)}`;
  },
  rivals: [
    { rule: "alloy/storage-path-not-writable", tellApart: "that ends with mkdir and permission denied" },
  ],
  decideWith: "alloy fmt config.alloy; alloy validate config.alloy",
  references: ["https://grafana.com/docs/alloy/latest/get-started/configuration-syntax/"],
  fix: () => ({
    summary: "Correct the named line; check with alloy fmt and alloy validate",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Check the file", command: "alloy validate config.alloy" }],
  }),
});
