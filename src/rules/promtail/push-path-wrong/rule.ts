// The push URL lacks or doubles its path.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { parseAddress } from "../../../stack/resolve.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "server returned HTTP status 404 Not Found (404): 404 page not found",
  "snappy: corrupt input",
  "error sending batch…301 Moved Permanently",
  "error sending batch…405 Method Not Allowed",
  "server returned HTTP status 404 Not Found (404)",
];
const patterns = texts.map(compilePattern);
/** pkg/loki serves the push API at this path only since 3.0; /api/prom/push was removed. */
const pushPath = "/loki/api/v1/push";

export const rule = defineRule({
  id: "promtail/push-path-wrong",
  title:
    "The log agent's client URL lacks the push path /loki/api/v1/push (or has it wrong), so Loki answers 404",
  why: "clients[].url is the whole address of the push API. With the base URL only, a doubled slash or the removed /api/prom/push Loki answers 404, 301 or `snappy: corrupt input`, and batches answered with a 4xx are dropped, not retried.",
  severity: "critical",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "no-data-out",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "grep -n 'url:' promtail.yaml",
  references: ["https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs"],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const line = lines.findLast(
      (entry) => (entry.component === "promtail" || entry.component === "alloy") && matches(patterns, entry),
    );
    const findings: FindingDraft[] = [];
    for (const document of documents.filter((candidate) => candidate.kind === "promtail")) {
      listAt(document.value, "clients").forEach((client, i) => {
        const url = textAt(client, "url");
        const address = url ? parseAddress(url) : undefined;
        if (!url || !address || /\$\{|\{\{/.test(url)) return;
        const path = (address.path ?? "").split("?")[0] ?? "";
        if (path.endsWith(pushPath) && !path.includes("//")) return;
        if (path !== "" && path !== "/" && !/push|api|loki|\/\//.test(path)) return;
        const owner = stack.components.find((component) => component.configs.includes(document));
        findings.push({
          subject: { kind: "component", id: owner?.id ?? "promtail" },
          ...(owner ? { component: owner.id } : {}),
          says: `clients[${i}].url is ${url}: ${path.includes("//") ? "it doubles a slash" : `it lacks ${pushPath}`}`,
          proof: [
            placeOf(document, "clients", i, "url"),
            ...(line ? [{ ...line.at, excerpt: line.text }] : []),
          ],
          certainty: "proven",
        });
      });
    }
    // With a whole address in its file the agent was refused before it was started with that file, or for another reason.
    if (findings.length > 0 || !line || hasWholeAddress(documents)) return findings;
    const owner = stack.components.find((component) => component.kind === line.component);
    return [
      {
        subject: { kind: "component", id: owner?.id ?? "promtail" },
        says: `Loki's address answers ${line.text.match(/\b(404|301|405)\b/)?.[0] ?? "an error"} to the push: the URL's path is not ${pushPath}`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "likely",
      },
    ];
  },
  fix(finding, { "config.documents": documents }) {
    const document = documents.find(
      (candidate) =>
        candidate.kind === "promtail" && finding.proof.some((proof) => proof.source === candidate.at.source),
    );
    const index = Number(finding.says.match(/clients\[(\d+)\]/)?.[1] ?? Number.NaN);
    const url = document ? textAt(document.value, "clients", index, "url") : undefined;
    const address = url ? parseAddress(url) : undefined;
    if (!document || !address)
      return {
        summary: `Set the client URL to http://LOKI:3100${pushPath}`,
        risk: "safe",
        steps: [{ do: "by-hand", title: "Change the URL", command: `url: http://LOKI:3100${pushPath}` }],
      };
    const value = `${address.scheme ?? "http"}://${address.host}${address.port ? `:${address.port}` : ""}${pushPath}`;
    return {
      summary: `Set the client URL to ${value}`,
      risk: "safe",
      steps: [
        {
          do: "edit-document",
          title: "Complete the push URL",
          file: document.at,
          ...(document.embeddedIn ? { embeddedKey: document.embeddedIn.key } : {}),
          edits: [{ op: "set", path: ["clients", index, "url"], value }],
        },
        {
          do: "restart",
          title: "Restart the agent",
          what: { kind: "workload", name: finding.component ?? "promtail" },
        },
      ],
    };
  },
});

function hasWholeAddress(documents: readonly ConfigDocument[]): boolean {
  return documents.some(
    (document) =>
      document.kind === "promtail" &&
      listAt(document.value, "clients").some((client) =>
        ((textAt(client, "url") ?? "").split("?")[0] ?? "").endsWith(pushPath),
      ),
  );
}
