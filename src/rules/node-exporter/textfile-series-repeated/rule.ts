// Two .prom files say the same series; the whole answer of the exporter fails.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "node-exporter/textfile-series-repeated",
  title:
    "Two files of the textfile collector contain the same metric, or one metric with two HELP texts or types",
  why: "All *.prom files of the textfile directory are one answer. A forgotten copy (backup.prom beside backup-old.prom), a script that writes into two files, or two scripts with different HELP texts give series twice; the registry then refuses them, and in older versions the whole scrape answers HTTP 500.",
  severity: "warning",
  component: "node-exporter",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: ["node-exporter", "prometheus"],
  texts: [
    "collected metric {metric*} was collected before with the same name and label values",
    "was collected before with the same name and label values",
    "inconsistent metric help text",
    "collected metric {metric*} has help {help*} but should have",
    "second HELP line for metric name {metric}",
    "second TYPE line for metric name {metric}",
  ],
  confirm: (hit) =>
    hit.line.component === "prometheus" ||
    (hit.line.component === undefined &&
      !/node[-_]|textfile|error gathering metrics|node_|\.prom\b/.test(hit.line.text))
      ? { holds: false }
      : { holds: true },
  says: ({ line }) => {
    const metric = line.text.match(/(?:collected metric|metric name) \\?"?([a-zA-Z_:][\w:]*)/)?.[1];
    const files = [...new Set(line.text.match(/[\w./-]+\.prom\b/g) ?? [])];
    return `Metric ${metric ?? "of the textfile collector"} is given more than once by the textfile collector${files.length > 0 ? ` (${files.join(", ")})` : ""}: the same series in two .prom files, or two HELP or TYPE texts for it`;
  },
  rivals: [
    { rule: "node-exporter/textfile-unreadable", tellApart: "there a file or folder cannot be opened" },
  ],
  decideWith:
    "grep -H '^METRIC' /var/lib/node_exporter/textfile_collector/*.prom; curl -s HOST:9100/metrics | grep node_textfile_scrape_error",
  references: [
    "https://github.com/prometheus/node_exporter/issues/2317",
    "https://github.com/prometheus/node_exporter/blob/master/collector/textfile.go",
  ],
  fix: () =>
    byHand(
      "Remove the duplicate .prom file (old copies included) or give both scripts one HELP text; write to a temporary name and rename",
      "Find the metric's files",
      "grep -H '^METRIC' /var/lib/node_exporter/textfile_collector/*.prom",
      "safe",
    ),
});
