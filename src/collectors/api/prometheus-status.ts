// Prometheus' `/api/v1/status/…`: running configuration, flags, runtime and build information, head statistics.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { onOneLine } from "../config/sub-document.ts";
import { configDocument, readDocuments } from "../config/yaml-document.ts";
import { hostOf } from "../lines.ts";
import { entriesOf, type JsonNode, memberOf, numberOf, stringOf, textOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { answersOf, dataOf, hasKeys, placeOfNode } from "./answer.ts";

export const prometheusStatus: Parser = {
  id: "prometheus-status",
  reads: "Prometheus /api/v1/status/config, /flags, /runtimeinfo, /buildinfo, /tsdb",
  provides: ["config.documents", "component.flags", "host.versions", "metrics.samples"],
  recognise(segment) {
    const asks = (...keys: readonly string[]) => hasKeys(segment, ...keys);
    if (asks("yaml") && /"yaml"\s*:\s*"/.test(segment.text.slice(0, 500))) return 0.95;
    if (asks("config.file") || asks("web.listen-address")) return 0.95;
    if (asks("reloadConfigSuccess") || asks("storageRetention", "goroutineCount") || asks("headStats"))
      return 0.97;
    return asks("goVersion", "revision", "version") ? 0.9 : 0;
  },
  parse(segment, emit) {
    for (const document of answersOf(segment)) {
      const data = dataOf(document);
      const yaml = memberOf(data, "yaml");
      if (yaml) emitRunningConfig(segment, yaml, emit);
      else if (memberOf(data, "goVersion")) emitBuild(segment, data, emit);
      else if (memberOf(data, "headStats")) emitHead(segment, memberOf(data, "headStats"), emit);
      else emitFlags(segment, data, emit);
    }
  },
};

function emitRunningConfig(segment: Segment, yaml: JsonNode, emit: Emit): void {
  const { line } = placeOfNode(segment, yaml);
  for (const parsed of readDocuments({ source: segment.source, startLine: 1, text: stringOf(yaml) ?? "" })) {
    emit.fact(
      "config.documents",
      configDocument(segment, onOneLine(parsed, segment.source, line ?? 1), "prometheus", "running"),
    );
  }
}

function emitBuild(segment: Segment, data: JsonNode, emit: Emit): void {
  const version = memberOf(data, "version");
  const text = textOf(version);
  if (text === undefined) return;
  emit.fact(
    "host.versions",
    given({ at: placeOfNode(segment, version), host: hostOf(segment), of: "prometheus", version: text }),
  );
}

function emitHead(segment: Segment, head: JsonNode | undefined, emit: Emit): void {
  for (const [key, name] of [
    ["numSeries", "prometheus_tsdb_head_series"],
    ["chunkCount", "prometheus_tsdb_head_chunks"],
  ] as const) {
    const node = memberOf(head, key);
    const value = numberOf(node);
    if (value !== undefined)
      emit.fact(
        "metrics.samples",
        given({ at: placeOfNode(segment, node), host: hostOf(segment), name, labels: {}, value }),
      );
  }
}

/** Flags by their names; what runtimeinfo says is kept below `runtimeinfo.`. */
function emitFlags(segment: Segment, data: JsonNode, emit: Emit): void {
  const isRuntime =
    memberOf(data, "reloadConfigSuccess") !== undefined || memberOf(data, "storageRetention") !== undefined;
  emit.seen("component.flags");
  for (const [key, member] of entriesOf(data)) {
    const { node } = member;
    const value = stringOf(node) ?? (node.kind === "literal" ? String(node.value) : undefined);
    if (value === undefined) continue;
    const at = { source: segment.source, line: segment.startLine + member.line };
    emit.fact("component.flags", {
      at,
      component: "prometheus",
      name: isRuntime ? `runtimeinfo.${key}` : key,
      value,
    });
  }
}
