// `alloy convert` met an option that Alloy has no counterpart for.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alloy/convert-untranslatable",
  title: "alloy convert cannot translate an option of the old agent's configuration and writes no output",
  why: "The converter stops at (Error) diagnostics: an option of Promtail or the Agent has no counterpart in Alloy, such as stream_lag_labels or limits_config. With --bypass-errors it goes on and leaves the option out.",
  severity: "warning",
  component: "alloy",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    "converter does not support converting the provided {option*} config",
    "converter does not support handling…config",
    "failed to parse Promtail config: {reason*}",
    "(Error) unsupported {option*}",
    "(Error) stream_lag_labels",
    "(Critical) failed to parse",
  ],
  says: ({ captures, line }) =>
    `alloy convert cannot translate ${captures.option?.slice(0, 120) ?? reason(line.text)}: remove that option from the old file, or convert with --bypass-errors and review what is lost`,
  rivals: [
    {
      rule: "alloy/config-invalid",
      tellApart: "that is Alloy's own file; here the old agent's file is being converted",
    },
  ],
  decideWith:
    "alloy convert --source-format=promtail --report=report.txt --output=config.alloy promtail.yaml; cat report.txt",
  references: [
    "https://github.com/grafana/alloy/issues/3442",
    "https://grafana.com/docs/alloy/latest/reference/cli/convert/",
  ],
  fix: () => ({
    summary:
      "Remove the option from the source file, or run alloy convert with --bypass-errors and review the report",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Convert, then check the result",
        command:
          "alloy convert --source-format=promtail --bypass-errors --report=report.txt --output=config.alloy promtail.yaml && alloy validate config.alloy",
      },
    ],
  }),
});

function reason(text: string): string {
  return /\((?:Error|Critical)\) (.{1,160})/.exec(text)?.[1] ?? "an option of the file";
}
