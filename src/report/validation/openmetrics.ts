// The validation as OpenMetrics text, for node-exporter's textfile collector: cron validates, Prometheus alerts.
import type { CheckState, Validation } from "../../model/check.ts";

const states: readonly CheckState[] = ["pass", "warn", "fail", "unknown", "skip"];

/** https://prometheus.io/docs/specs/om/open_metrics_spec/ */
export function renderOpenMetrics(validation: Validation): string {
  const checks = [...new Set(validation.verdicts.map(({ check }) => check))];
  const lines = [
    "# TYPE watchmend_validation_ok gauge",
    "# HELP watchmend_validation_ok 1 when everything was seen to work, 0 when something fails or could not be told.",
    `watchmend_validation_ok ${validation.verdict === "pass" ? 1 : 0}`,
    "# TYPE watchmend_check_verdicts gauge",
    "# HELP watchmend_check_verdicts Verdicts of a check by state.",
    ...checks.flatMap((check) =>
      states.map((state) => {
        const count = validation.verdicts.filter(
          (verdict) => verdict.check === check && verdict.state === state,
        ).length;
        return `watchmend_check_verdicts{check="${label(check)}",state="${state}"} ${count}`;
      }),
    ),
    "# EOF",
  ];
  return `${lines.join("\n")}\n`;
}

function label(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
