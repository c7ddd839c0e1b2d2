// Grafana's API: `/api/health`, `/api/datasources`, a data source's health, and errors of panels and queries.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { headOf, hostOf, linesOf } from "../lines.ts";
import { booleanOf, itemsOf, type JsonNode, memberOf, numberOf, stringOf, textOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { answersOf, hasKeys, placeOfNode, visitObjects } from "./answer.ts";
import { askedUrl } from "./asked.ts";

export const grafanaHealth: Parser = {
  id: "grafana-health",
  reads: "Grafana /api/health and /api/datasources/uid/UID/health",
  provides: ["component.health", "host.versions", "text.lines"],
  recognise(segment) {
    if (segment.text.length > 20_000) return 0;
    if (hasKeys(segment, "database", "version") || hasKeys(segment, "database", "commit")) return 0.96;
    const isHealth = /\/datasources\/(?:uid\/)?[^/\s]{1,100}\/health\b/.test(
      segment.command?.slice(0, 4_000) ?? "",
    );
    if (isHealth && hasKeys(segment, "message")) return 0.96;
    return hasKeys(segment, "message", "status") && /"status"\s*:\s*"(?:OK|ERROR|UNKNOWN)"/.test(segment.text)
      ? 0.9
      : 0;
  },
  parse(segment, emit) {
    for (const document of answersOf(segment)) {
      if (memberOf(document, "database")) emitOwnHealth(segment, document, emit);
      else emitSourceHealth(segment, document, emit);
    }
  },
};

function emitOwnHealth(segment: Segment, document: JsonNode, emit: Emit): void {
  const database = textOf(memberOf(document, "database")) ?? "";
  const version = textOf(memberOf(document, "version"));
  const at = placeOfNode(segment, memberOf(document, "database"));
  const host = hostOf(segment);
  const healthy = database === "ok";
  emit.fact(
    "component.health",
    given({
      at,
      host,
      component: "grafana" as const,
      url: askedUrl(segment),
      body: `database: ${database}`,
      healthy,
    }),
  );
  if (!healthy)
    emit.text({ text: `database: ${database}`, line: at.line ?? 1, stream: "answer", component: "grafana" });
  if (version !== undefined)
    emit.fact(
      "host.versions",
      given({ at: placeOfNode(segment, memberOf(document, "version")), host, of: "grafana", version }),
    );
}

function emitSourceHealth(segment: Segment, document: JsonNode, emit: Emit): void {
  const message = memberOf(document, "message");
  const text = textOf(message) ?? "";
  const status = textOf(memberOf(document, "status"));
  const at = placeOfNode(segment, message ?? document);
  const healthy = status === "OK";
  emit.fact(
    "component.health",
    given({
      at,
      host: hostOf(segment),
      component: "grafana" as const,
      url: askedUrl(segment),
      body: text,
      healthy,
    }),
  );
  if (!healthy && text !== "")
    emit.text({ text, line: at.line ?? 1, stream: "answer", component: "grafana" });
}

export const grafanaDatasources: Parser = {
  id: "grafana-datasources-api",
  reads: "Grafana /api/datasources",
  provides: ["grafana.datasources"],
  recognise(segment) {
    if (hasKeys(segment, "apiVersion", "datasources")) return 0;
    if (hasKeys(segment, "typeLogoUrl", "access") || hasKeys(segment, "access", "isDefault", "type", "url"))
      return 0.95;
    return hasKeys(segment, "isDefault", "type", "name", "orgId") ? 0.85 : 0;
  },
  parse(segment, emit) {
    emit.seen("grafana.datasources");
    for (const document of answersOf(segment))
      visitObjects(document, (object) => emitDatasource(segment, object, emit));
  },
};

function emitDatasource(segment: Segment, node: JsonNode, emit: Emit): boolean {
  const name = textOf(memberOf(node, "name"));
  const type = textOf(memberOf(node, "type"));
  const url = memberOf(node, "url");
  if (name === undefined || type === undefined) return false;
  emit.fact(
    "grafana.datasources",
    given({
      at: placeOfNode(segment, node),
      origin: "api" as const,
      name,
      type,
      uid: textOf(memberOf(node, "uid")),
      url: textOf(url),
      urlAt: textOf(url) === undefined ? undefined : placeOfNode(segment, url),
      access: textOf(memberOf(node, "access")),
      isDefault: booleanOf(memberOf(node, "isDefault")),
      orgId: numberOf(memberOf(node, "orgId")),
    }),
  );
  return true;
}

export const grafanaSearch: Parser = {
  id: "grafana-search-api",
  reads: "Grafana /api/search",
  provides: ["grafana.dashboards"],
  recognise(segment) {
    const isSearch = /\/api\/search(?:[?\s'"]|$)/.test(segment.command?.slice(0, 4_000) ?? "");
    // a Grafana without dashboards answers with an empty list
    if (isSearch && /^\s*\[\s*\]\s*$/.test(segment.text.slice(0, 400))) return 0.96;
    if (!/^\s*\[/.test(segment.text.slice(0, 400))) return 0;
    return hasKeys(segment, "uid", "title", "uri", "type") || (isSearch && hasKeys(segment, "uid", "title"))
      ? 0.96
      : 0;
  },
  parse(segment, emit) {
    emit.seen("grafana.dashboards");
    for (const document of answersOf(segment))
      for (const entry of itemsOf(document)) {
        const title = textOf(memberOf(entry, "title"));
        const type = textOf(memberOf(entry, "type"));
        if (title === undefined || (type !== undefined && type !== "dash-db")) continue;
        emit.fact(
          "grafana.dashboards",
          given({
            at: placeOfNode(segment, memberOf(entry, "title")),
            host: hostOf(segment),
            title,
            uid: textOf(memberOf(entry, "uid")),
            folder: textOf(memberOf(entry, "folderTitle")),
          }),
        );
      }
  },
};

/** What a red panel or the query inspector shows. */
const panelError =
  /^\s*(?:Status:\s*\d{3}\.\s*Message:|Templating(?:\s+\[\w{1,60}\])?\s*(?:$|:)|Error updating options:|Failed to (?:load|upgrade|retrieve|fetch|evaluate)\b.{0,80}(?:data\s?source|dashboard|queries|resource)|Data ?source \S{1,100} was not found|An error occurred within the plugin|Dashboard not found|Panel plugin not found|Plugin (?:unavailable|not found)|Unable to connect with \w+|Post "https?:\/\/|Get "https?:\/\/|(?:bad_data|execution|internal|parse error)(?::| at line)|Query error\b|Bad Gateway$|Gateway Timeout$)/i;

export const grafanaPanelErrors: Parser = {
  id: "grafana-panel-errors",
  reads: "error messages of Grafana panels and of /api/ds/query",
  provides: ["text.lines"],
  recognise(segment) {
    if (segment.text.length > 400_000) return 0;
    if (hasKeys(segment, "results", "error") && /"results"\s*:\s*\{/.test(segment.text.slice(0, 2_000)))
      return 0.95;
    const head = headOf(segment, 10);
    const hits = head.filter((line) => panelError.test(line)).length;
    return hits > 0 && hits * 2 >= head.length && head.every((line) => line.length < 8_000) ? 0.9 : 0;
  },
  parse(segment, emit) {
    if (segment.text.trimStart().startsWith("{")) {
      for (const document of answersOf(segment))
        visitObjects(document, (object) => emitQueryError(segment, object, emit));
      return;
    }
    for (const line of linesOf(segment, 5_000)) {
      const text = line.text.trim();
      if (text !== "")
        emit.text({
          text,
          line: segment.startLine + line.index,
          stream: "answer",
          component: speakerOf(text),
        });
    }
  },
};

/** A failed GET of a /metrics page is a scrape: Prometheus shows its error on the targets page in the same form. */
function speakerOf(text: string): "grafana" | "prometheus" {
  return /^(?:Error:?\s+)?Get "?https?:\/\/[^"\s]{1,500}\/metrics/i.test(text) ? "prometheus" : "grafana";
}

function emitQueryError(segment: Segment, node: JsonNode, emit: Emit): boolean {
  const error = memberOf(node, "error");
  const text = stringOf(error);
  if (text === undefined || text === "") return false;
  emit.text({ text, line: placeOfNode(segment, error).line ?? 1, stream: "answer", component: "grafana" });
  return false;
}
