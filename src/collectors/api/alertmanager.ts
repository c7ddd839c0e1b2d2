// Alertmanager's `/api/v2/status`: its running configuration, version and cluster; and Alloy's list of components.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { onOneLine } from "../config/sub-document.ts";
import { configDocument, readDocuments } from "../config/yaml-document.ts";
import { hostOf } from "../lines.ts";
import { itemsOf, type JsonNode, memberOf, stringOf, textOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { answersOf, dataOf, hasKeys, placeOfNode, visitObjects } from "./answer.ts";

export const alertmanagerStatus: Parser = {
  id: "alertmanager-status",
  reads: "Alertmanager /api/v2/status",
  provides: ["config.documents", "host.versions", "component.health"],
  recognise: (segment) =>
    hasKeys(segment, "versionInfo") && (hasKeys(segment, "config") || hasKeys(segment, "cluster")) ? 0.97 : 0,
  parse(segment, emit) {
    for (const document of answersOf(segment)) {
      const data = dataOf(document);
      emitConfig(segment, memberOf(data, "config", "original") ?? memberOf(data, "configYAML"), emit);
      const version = memberOf(data, "versionInfo", "version");
      const text = textOf(version);
      if (text !== undefined)
        emit.fact(
          "host.versions",
          given({
            at: placeOfNode(segment, version),
            host: hostOf(segment),
            of: "alertmanager",
            version: text,
          }),
        );
      emitCluster(segment, memberOf(data, "cluster"), emit);
    }
  },
};

function emitConfig(segment: Segment, original: JsonNode | undefined, emit: Emit): void {
  const text = stringOf(original);
  if (text === undefined) return;
  const line = placeOfNode(segment, original).line ?? 1;
  for (const parsed of readDocuments({ source: segment.source, startLine: 1, text })) {
    emit.fact(
      "config.documents",
      configDocument(segment, onOneLine(parsed, segment.source, line), "alertmanager", "running"),
    );
  }
}

function emitCluster(segment: Segment, cluster: JsonNode | undefined, emit: Emit): void {
  const status = memberOf(cluster, "status");
  const text = textOf(status);
  if (text === undefined) return;
  const peers = itemsOf(memberOf(cluster, "peers")).length;
  const body = `cluster: ${text}, peers: ${peers}`;
  emit.fact(
    "component.health",
    given({
      at: placeOfNode(segment, status),
      host: hostOf(segment),
      component: "alertmanager" as const,
      body,
      healthy: text === "ready" || text === "disabled",
    }),
  );
}

export const alloyComponents: Parser = {
  id: "alloy-components",
  reads: "Alloy /api/v0/web/components",
  provides: ["component.health", "text.lines"],
  recognise: (segment) => (hasKeys(segment, "localID", "health") ? 0.97 : 0),
  parse(segment, emit) {
    emit.seen("component.health");
    for (const document of answersOf(segment))
      visitObjects(document, (object) => emitComponent(segment, object, emit));
  },
};

function emitComponent(segment: Segment, node: JsonNode, emit: Emit): boolean {
  const id = textOf(memberOf(node, "localID"));
  const health = memberOf(node, "health");
  const state = textOf(memberOf(health, "state"));
  if (id === undefined || state === undefined) return false;
  const message = textOf(memberOf(health, "message"));
  const at = placeOfNode(segment, health ?? node);
  const healthy = state === "healthy";
  const body = message === undefined ? `${id}: ${state}` : `${id}: ${state}: ${message}`;
  emit.fact(
    "component.health",
    given({ at, host: hostOf(segment), component: "alloy" as const, body, healthy }),
  );
  if (!healthy) emit.text({ text: body, line: at.line ?? 1, stream: "answer", component: "alloy" });
  return true;
}
