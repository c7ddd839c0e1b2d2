// Loki's configuration among those of its relatives.
import type { Shape } from "../shape.ts";

/** Blocks that only Loki's configuration has. */
const lokiOnly = [
  "schema_config",
  "limits_config",
  "storage_config",
  "chunk_store_config",
  "pattern_ingester",
  "bloom_build",
  "bloom_gateway",
  "operational_config",
];
/** Blocks that Loki shares with Mimir, Tempo or Cortex. */
const lokiShared = [
  "auth_enabled",
  "common",
  "compactor",
  "distributor",
  "frontend",
  "frontend_worker",
  "index_gateway",
  "ingester",
  "ingester_client",
  "memberlist",
  "querier",
  "query_range",
  "query_scheduler",
  "ruler",
  "ruler_storage",
  "runtime_config",
  "server",
  "table_manager",
];
const notLoki = [
  "blocks_storage",
  "alertmanager_storage",
  "limits",
  "metrics_generator",
  "overrides",
  "clients",
  "positions",
];

export function isLoki(s: Shape): boolean {
  const top = new Set(s.top);
  if (s.top.some((key) => notLoki.includes(key)) && !top.has("schema_config")) return false;
  const sure = lokiOnly.filter((key) => top.has(key)).length;
  const shared = lokiShared.filter((key) => top.has(key)).length;
  if (s.top.some((key) => /[A-Z]/.test(key))) return false;
  if (
    sure + shared >= 2 &&
    (sure > 0 || top.has("auth_enabled") || shared >= 3 || top.has("frontend_worker") || top.has("ingester"))
  )
    return true;
  // one block that was cut out, and nothing beside it that Loki would not know
  if (sure > 0 && sure + shared === top.size) return true;
  return s.hasAny(
    "/schema_config/configs",
    "/limits_config/retention_period",
    "/limits_config/reject_old_samples",
    "/limits_config/ingestion_rate_mb",
    "/frontend_worker/frontend_address",
    "/frontend_worker/scheduler_address",
    "/compactor/retention_enabled",
    "/compactor/delete_request_store",
    "/common/path_prefix",
    "/storage_config/boltdb_shipper",
    "/storage_config/tsdb_shipper",
  );
}
