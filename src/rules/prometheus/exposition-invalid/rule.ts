// The target's text is no valid exposition: the scrape stops at the first bad line.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/exposition-invalid",
  title:
    "A target's /metrics does not parse (an invalid metric or label name, a bad value, a cut line), so its whole scrape is dropped",
  why: "Prometheus drops all samples of a scrape when one line cannot be parsed: label names with a dash or dot, a comma as decimal separator, unescaped quotes, Windows line ends, a metric printed twice with another type, output cut off by a timeout. up is 0 although the page opens in a browser.",
  severity: "warning",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: [
    "expected label name, got {what*}",
    "expected a valid start token, got {what*}",
    "expected equal, got {what*}",
    "expected value after metric, got {what*}",
    "expected timestamp or new record, got {what*}",
    "invalid metric type {what*}",
    "expected next entry after timestamp, got {what*}",
    "unexpected end of input stream",
    "strconv.ParseFloat: parsing {what*}: invalid syntax",
    "expected text in TYPE, got {what*}",
    "data does not end with # EOF",
  ],
  except: ["DOCTYPE"],
  confirm: ({ line }) => ({
    holds:
      /scrape|lastError|Append failed|\/metrics|# EOF|while parsing|start token|new record/i.test(
        line.text,
      ) &&
      (line.component === undefined || ["prometheus", "alloy", "kubernetes"].includes(line.component)) &&
      !/logql|promql|parse error at|query=|html|got [^a-z]{0,24}</i.test(line.text),
  }),
  says: ({ line }) => {
    const target = line.fields?.target ?? /target=(\S+)/.exec(line.text)?.[1];
    const why =
      /(expected [\w #]+, got .{1,80}|invalid metric type .{1,60}|strconv\.ParseFloat: .{1,80}|unexpected end of input stream|data does not end with # EOF)/.exec(
        line.text,
      )?.[1];
    const part = /while parsing: (.{1,90})/.exec(line.text)?.[1];
    return `The metrics${target ? ` of ${target}` : ""} do not parse${why ? ` (${why.replace(/\\?"$/, "")})` : ""}${part && !why?.includes(part) ? ` at ${part}` : ""}: the exporter prints an invalid line, and the whole scrape is dropped`;
  },
  rivals: [
    { rule: "prometheus/target-answers-web-page", tellApart: "there the answer is HTML" },
    {
      rule: "prometheus/content-type-missing",
      tellApart: "there the text is fine and the header is missing",
    },
  ],
  decideWith: "curl -s http://TARGET/metrics | promtool check metrics",
  references: ["https://prometheus.io/docs/instrumenting/exposition_formats/"],
  fix: () =>
    byHand(
      "Correct the exporter (label names are [a-zA-Z_][a-zA-Z0-9_]*, values with a dot, quotes escaped, every line ended by \\n); promtool check metrics names the line",
      "See the line",
      "curl -s http://TARGET/metrics | promtool check metrics",
      "safe",
    ),
});
