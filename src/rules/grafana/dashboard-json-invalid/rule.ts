// A dashboard file that is not JSON.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "failed to load dashboard from {file*} invalid character {what*}",
  "failed to load dashboard from {file*} unexpected end of JSON input",
  "failed to load dashboard from {file*} unexpected EOF",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "grafana/dashboard-json-invalid",
  title: "A dashboard file is not valid JSON, so Grafana does not load it",
  why: "A brace too many or too few, a trailing comma or a template expression left in the text: provisioning skips the file and says so only in the log. An older version of the dashboard stays, or none appears.",
  severity: "warning",
  component: "grafana",
  layer: "dashboards",
  nature: "cause",
  effect: "no-answer",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "python3 -m json.tool DASHBOARD.json > /dev/null",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards"],
  check({ "config.documents": documents, "text.lines": lines }) {
    const logged = lines.filter((line) => matches(patterns, line));
    const fileOf = (text: string) =>
      /(?:file=|from )"?(\/[^\s"]+\.json)/.exec(text)?.[1] ?? /(\/[^\s"=]+\.json)/.exec(text)?.[1];
    const findings = documents.flatMap((document): FindingDraft[] => {
      const error = document.parseError;
      const file = document.embeddedIn?.key ?? document.path ?? document.at.source;
      if (!error || document.template || !file.endsWith(".json")) return [];
      const base = file.split("/").at(-1) ?? file;
      const line = logged.find((entry) => fileOf(entry.text)?.endsWith(`/${base}`));
      const looksLikeOne =
        /dashboard/i.test(`${file} ${document.embeddedIn?.name ?? ""}`) ||
        /"panels"\s*:|"schemaVersion"\s*:/.test(document.text);
      if (!line && !looksLikeOne) return [];
      return [
        {
          subject: { kind: "file", id: file },
          says: `Dashboard ${file} is not JSON, line ${error.at.line ?? "?"}: ${error.message}: ${error.excerpt.trim().slice(0, 100)}`,
          proof: [error.at, ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
          certainty: "proven",
        },
      ];
    });
    const line = logged.at(-1);
    if (findings.length > 0 || !line) return findings;
    const file = fileOf(line.text) ?? "dashboard";
    return [
      {
        subject: { kind: "file", id: file },
        says: `Dashboard ${file} is not JSON: ${/(?:invalid character .{0,120}|unexpected e(?:nd of JSON input|of))/i.exec(line.text)?.[0].replace(/\\?"$/, "") ?? "it does not parse"}`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "proven",
      },
    ];
  },
  fix: () =>
    byHand(
      "Correct the JSON at the named line",
      "In the dashboard file",
      "python3 -m json.tool DASHBOARD.json > /dev/null",
      "safe",
    ),
});
