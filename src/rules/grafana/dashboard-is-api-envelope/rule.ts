// The body of an API call in a provisioning folder.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { readDashboard } from "../../../stack/grafana-config.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "Dashboard title cannot be empty",
  "failed to load dashboard from {file*} Dashboard title cannot be empty",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "grafana/dashboard-is-api-envelope",
  title:
    'A provisioned dashboard file is the body of an API call ({"dashboard": …}), which file provisioning does not read',
  why: "POST /api/dashboards/db takes the dashboard inside an envelope with overwrite and folderId; a file for provisioning is the dashboard itself. Grafana finds no title at the top of the file, logs `Dashboard title cannot be empty` and shows nothing.",
  severity: "warning",
  component: "grafana",
  layer: "dashboards",
  nature: "cause",
  effect: "no-answer",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "jq 'has(\"dashboard\"), .title' FILE.json",
  references: [
    "https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards",
    "https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/",
  ],
  check({ "config.documents": documents, "text.lines": lines }) {
    const line = lines.findLast((entry) => matches(patterns, entry));
    const wrapped = documents.filter(
      (document) => document.kind === "grafana-dashboard" && readDashboard(document).isEnvelope,
    );
    const untitled = documents.filter((document) => {
      const title = document.kind === "grafana-dashboard" ? readDashboard(document).title : undefined;
      return (
        document.kind === "grafana-dashboard" &&
        line !== undefined &&
        (title === undefined || title.value === "")
      );
    });
    const findings = [...wrapped, ...untitled.filter((document) => !wrapped.includes(document))].map(
      (document): FindingDraft => {
        const file = document.embeddedIn?.key ?? document.path ?? document.at.source;
        const isWrapped = wrapped.includes(document);
        return {
          subject: { kind: "file", id: file },
          says: isWrapped
            ? `${file} is the body of an API call: the dashboard stands below "dashboard", and Grafana's file provisioning finds no title (Dashboard title cannot be empty)`
            : `${file} has no title: Grafana does not load it (Dashboard title cannot be empty)`,
          proof: [document.at, ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
          certainty: "proven",
          // a playbook may send the file to the API as it is
          ...(line ? {} : { severity: "notice" as const }),
        };
      },
    );
    if (findings.length > 0 || !line) return findings;
    const file = /(\/[^\s"=]+\.json)/.exec(line.text)?.[1];
    return [
      {
        subject: { kind: "file", id: file ?? "dashboard" },
        says: `${file ?? "A dashboard file"} has no title at its top (Dashboard title cannot be empty): usually the body of an API call with the dashboard below "dashboard"`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "likely",
      },
    ];
  },
  fix: () =>
    byHand(
      "Keep only the dashboard itself",
      "In the provisioning folder",
      "jq '.dashboard' FILE.json > FILE.new && mv FILE.new FILE.json",
      "safe",
    ),
});
