// Two dashboard files with one uid.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { placeOf, textAt } from "../../../stack/config-value.ts";
import { sameProvisioning } from "../../../stack/provisioned.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "the same UID is used more than once",
  "dashboard title is not unique in folder",
  "Not saving new dashboard due to restricted database access",
];
const patterns = texts.map(compilePattern);

interface Seen {
  readonly source: string;
  readonly isEmbedded: boolean;
  readonly file: string;
}

export const rule = defineRule({
  id: "grafana/dashboard-uid-twice",
  title: "Two provisioned dashboards share one uid or title, so Grafana stops updating them",
  why: "A provider writes a dashboard by its uid. When two files carry the same one, Grafana refuses to save either again and the folder goes stale.",
  severity: "warning",
  component: "grafana",
  layer: "dashboards",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith:
    "jq -r '[.uid,.title,input_filename]|@tsv' /var/lib/grafana/dashboards/*.json | sort | uniq -w 12 -D",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards"],
  check({ "config.documents": documents, "text.lines": lines }) {
    const line = lines.findLast(
      (entry) => (entry.component === "grafana" || !entry.component) && matches(patterns, entry),
    );
    const seen = new Map<string, Seen[]>();
    const findings: FindingDraft[] = [];
    for (const document of documents) {
      if (document.kind !== "grafana-dashboard") continue;
      const path = textAt(document.value, "dashboard", "uid") === undefined ? ["uid"] : ["dashboard", "uid"];
      const uid = textAt(document.value, ...path);
      const file = document.embeddedIn?.key ?? document.at.source;
      if (!uid || uid === "null") continue;
      const place = { source: document.at.source, isEmbedded: document.embeddedIn !== undefined };
      const same = seen.get(uid) ?? [];
      // A dashboard beside the ConfigMap that was made of it is one dashboard.
      const other = same.find((entry) => line !== undefined || sameProvisioning(entry, place));
      seen.set(uid, [...same, { ...place, file }]);
      if (!other) continue;
      findings.push({
        subject: { kind: "file", id: file },
        says: `Dashboards ${other.file} and ${file} both have the uid ${uid}`,
        proof: [placeOf(document, ...path), ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
        certainty: "proven",
      });
    }
    if (findings.length > 0 || !line) return findings;
    return [
      {
        subject: { kind: "component", id: "grafana" },
        says: `Grafana reports it: ${(line.msg ?? line.text).slice(0, 160)}${line.fields?.uid ? ` (uid ${line.fields.uid})` : ""}`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "proven",
      },
    ];
  },
  fix: () => ({
    summary: "Give each dashboard its own uid and title, or remove the copy",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Remove or rename the copy" }],
  }),
});
