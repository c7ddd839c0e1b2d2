// Configurations inside Helm values: `serverFiles."prometheus.yml"`, the `loki:` block, Alloy's `configMap.content`, ….
import type { ConfigDocument, ConfigKind } from "../../model/config.ts";
import { isRecord, type JsonRecord, pointerStep } from "../../model/json-value.ts";
import { kindOf } from "./kinds/kind-of.ts";
import { shapeOfValue } from "./shape.ts";
import { partOf } from "./sub-document.ts";

export interface ValuesParts {
  /** Mappings and lists that are configurations themselves. */
  readonly documents: readonly ConfigDocument[];
  /** Texts that hold a whole file. */
  readonly texts: readonly { readonly pointer: string; readonly key: string; readonly text: string }[];
}

const deepest = 7;
const maxNodes = 20_000;

/** Kinds that may stand as plain YAML inside values; others there are only similar by accident. */
const structured: ReadonlySet<ConfigKind> = new Set([
  "prometheus",
  "prometheus-rules",
  "alertmanager",
  "grafana-datasources",
  "grafana-dashboard-providers",
  "grafana-alerting",
  "blackbox",
  "promtail",
  "loki",
]);

/** Names the Loki chart gives to blocks of Loki's own configuration. */
const lokiBlocks: Readonly<Record<string, string>> = {
  commonConfig: "common",
  schemaConfig: "schema_config",
};
const lokiOwn =
  /^(?:auth_enabled|server|common|ingester|distributor|querier|query_range|query_scheduler|frontend|frontend_worker|limits_config|storage_config|schema_config|compactor|ruler|table_manager|chunk_store_config|analytics|tracing|memberlist|pattern_ingester|ingester_client|index_gateway|bloom_build|bloom_gateway|operational_config|runtime_config)$/;

export function partsOfValues(doc: ConfigDocument): ValuesParts {
  const documents: ConfigDocument[] = [];
  const texts: { pointer: string; key: string; text: string }[] = [];
  let nodes = 0;
  const visit = (value: unknown, pointer: string, key: string, depth: number): void => {
    if (depth > deepest || nodes++ > maxNodes) return;
    if (typeof value === "string") {
      if (isFileText(value)) texts.push({ pointer, key, text: value });
      return;
    }
    const part = pointer === "" ? undefined : asDocument(doc, value, pointer, key);
    if (part) {
      documents.push(part);
      return;
    }
    if (Array.isArray(value))
      for (const [at, item] of value.entries()) visit(item, `${pointer}/${at}`, key, depth + 1);
    else if (isRecord(value)) {
      for (const [name, inner] of Object.entries(value))
        visit(inner, `${pointer}/${pointerStep(name)}`, name, depth + 1);
    }
  };
  visit(doc.value, "", "", 0);
  return { documents, texts };
}

function isFileText(text: string): boolean {
  return text.length < 4_000_000 && text.includes("\n") && /[:{=]/.test(text.slice(0, 2_000));
}

function asDocument(
  doc: ConfigDocument,
  value: unknown,
  pointer: string,
  key: string,
): ConfigDocument | undefined {
  if (value === null || typeof value !== "object") return undefined;
  if (key === "grafana.ini") return partOf(doc, pointer, "grafana-ini");
  if (key === "loki" && isRecord(value)) return lokiFromChart(doc, value, pointer);
  if (key === "additionalDataSources" && Array.isArray(value)) {
    return lifted(doc, pointer, "grafana-datasources", "datasources", value);
  }
  const guess = kindOf(shapeOfValue(value));
  if (!guess || !structured.has(guess.kind) || guess.score < 0.85) return undefined;
  return partOf(doc, pointer, guess.kind);
}

/** The chart's `loki:` block: blocks of the configuration under their own or the chart's names, or whole under structuredConfig. */
function lokiFromChart(doc: ConfigDocument, block: JsonRecord, pointer: string): ConfigDocument | undefined {
  const value: Record<string, unknown> = {};
  const lines: Record<string, number> = {};
  const part = partOf(doc, pointer, "loki");
  const take = (from: JsonRecord, prefix: string): void => {
    for (const [key, inner] of Object.entries(from)) {
      const name = lokiBlocks[key] ?? (lokiOwn.test(key) ? key : undefined);
      if (name === undefined) continue;
      value[name] = inner;
      moveLines(part, `${prefix}/${pointerStep(key)}`, `/${name}`, lines);
    }
  };
  take(block, "");
  if (isRecord(block.config)) take(block.config, "/config");
  if (isRecord(block.structuredConfig)) take(block.structuredConfig, "/structuredConfig");
  return Object.keys(value).length === 0 ? undefined : { ...part, value, lines, fragment: true };
}

function moveLines(part: ConfigDocument, from: string, to: string, lines: Record<string, number>): void {
  for (const [pointer, line] of Object.entries(part.lines)) {
    if (pointer === from || pointer.startsWith(`${from}/`)) lines[to + pointer.slice(from.length)] = line;
  }
}

/** A list that the chart puts below a key of its own file. */
function lifted(
  doc: ConfigDocument,
  pointer: string,
  kind: ConfigKind,
  key: string,
  value: unknown,
): ConfigDocument {
  const part = partOf(doc, pointer, kind, { [key]: value });
  const lines = Object.fromEntries(Object.entries(part.lines).map(([at, line]) => [`/${key}${at}`, line]));
  return { ...part, lines: { ...lines, [`/${key}`]: part.at.line ?? 1 }, fragment: true };
}
