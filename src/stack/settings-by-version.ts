// Which settings and flags exist in which version of a component, as data. Sources: upgrade notes and change logs of the projects.
import type { ComponentKind } from "../model/component.ts";

export interface SettingChange {
  readonly component: ComponentKind;
  /** `key`: path in the configuration (`-` is any list item). `flag`: start flag without dashes. */
  readonly what: "key" | "flag";
  readonly name: string;
  /** First version that knows it. */
  readonly addedIn?: string;
  /** First version that refuses (keys of strict parsers, flags) it. */
  readonly removedIn?: string;
  readonly replacement?: string;
}

type Row = readonly [name: string, replacement?: string];

function removed(
  component: ComponentKind,
  what: "key" | "flag",
  removedIn: string,
  rows: readonly Row[],
): readonly SettingChange[] {
  return rows.map(([name, replacement]) => ({
    component,
    what,
    name,
    removedIn,
    ...(replacement === undefined ? {} : { replacement }),
  }));
}

function added(
  component: ComponentKind,
  what: "key" | "flag",
  rows: readonly (readonly [name: string, version: string])[],
): readonly SettingChange[] {
  return rows.map(([name, addedIn]) => ({ component, what, name, addedIn }));
}

const limits = "limits_config";
const remoteWriteLimits = [
  "url",
  "timeout",
  "headers",
  "relabel_configs",
  "queue_capacity",
  "queue_min_shards",
  "queue_max_shards",
  "queue_max_samples_per_send",
  "queue_batch_send_deadline",
  "queue_min_backoff",
  "queue_max_backoff",
  "queue_retry_on_ratelimit",
  "sigv4_config",
];

/** https://grafana.com/docs/loki/latest/setup/upgrade/ and tools/deprecated-config-checker of grafana/loki. */
const loki: readonly SettingChange[] = [
  ...removed("loki", "key", "3.0.0", [
    ["ingester.max_transfer_retries", "ingester.wal"],
    ["querier.engine.timeout", `${limits}.query_timeout`],
    ["querier.query_timeout", `${limits}.query_timeout`],
    ["query_range.split_queries_by_interval", `${limits}.split_queries_by_interval`],
    ["query_range.forward_headers_list"],
    ["frontend_worker.parallelism", "querier.max_concurrent"],
    ["frontend_worker.match_max_concurrent", "querier.max_concurrent"],
    ["common.storage.s3.sse_encryption", "common.storage.s3.sse"],
    ["ruler.storage.s3.sse_encryption", "ruler.storage.s3.sse"],
    ["storage_config.aws.sse_encryption", "storage_config.aws.sse"],
    ["storage_config.s3.sse_encryption", "storage_config.s3.sse"],
    ["storage_config.boltdb_shipper.shared_store", "object_store of the schema period"],
    ["storage_config.boltdb_shipper.shared_store_key_prefix", "index.path_prefix of the schema period"],
    ["storage_config.boltdb_shipper.use_boltdb_shipper_as_backup"],
    ["storage_config.tsdb_shipper.shared_store", "object_store of the schema period"],
    ["storage_config.tsdb_shipper.shared_store_key_prefix", "index.path_prefix of the schema period"],
    ["storage_config.tsdb_shipper.use_boltdb_shipper_as_backup"],
    ["compactor.shared_store", "compactor.delete_request_store"],
    ["compactor.shared_store_key_prefix", "compactor.delete_request_store_key_prefix"],
    ["chunk_store_config.max_look_back_period", `${limits}.max_query_lookback`],
    [`${limits}.enforce_metric_name`],
    [`${limits}.ruler_evaluation_delay_duration`],
  ]),
  ...removed("loki", "key", "3.2.0", [["bloom_compactor", "bloom_build"]]),
  ...removed("loki", "key", "3.5.0", [["common.storage.filesystem.admin_api_directory"]]),
  ...removed("loki", "key", "4.0.0", [
    ["ruler.remote_write.client", "ruler.remote_write.clients"],
    ["schema_config.configs.-.row_shards"],
    ["schema_config.configs.-.chunks"],
    ["schema_config.configs.-.index.tags"],
    ["storage_config.bigtable"],
    ["storage_config.cassandra"],
    ["storage_config.boltdb"],
    ["storage_config.grpc_store"],
    ["storage_config.aws.dynamodb"],
    ["storage_config.index_queries_cache_config"],
    ["storage_config.index_cache_validity"],
    ["storage_config.disable_broad_index_queries"],
    ["compactor.deletion_mode", `${limits}.deletion_mode`],
    ["chunk_store_config.write_dedupe_cache_config"],
    ["chunk_store_config.cache_lookups_older_than"],
    [`${limits}.unordered_writes`],
    [`${limits}.allow_deletes`, `${limits}.deletion_mode`],
    [`${limits}.ruler_enable_wal_replay`],
    [`${limits}.per_tenant_override_config`, "runtime_config.file"],
    [`${limits}.per_tenant_override_period`, "runtime_config.period"],
    ["table_manager", "compactor"],
    ...remoteWriteLimits.map(
      (name): Row => [`${limits}.ruler_remote_write_${name}`, `${limits}.ruler_remote_write_config`],
    ),
  ]),
  ...added("loki", "key", [
    ["common", "2.3.0"],
    ["analytics", "2.5.0"],
    ["storage_config.tsdb_shipper", "2.7.0"],
    ["compactor.delete_request_store", "2.9.0"],
    [`${limits}.allow_structured_metadata`, "2.9.0"],
    [`${limits}.volume_enabled`, "2.9.0"],
    ["operational_config", "3.0.0"],
    ["pattern_ingester", "3.0.0"],
    [`${limits}.discover_service_name`, "3.0.0"],
    [`${limits}.otlp_config`, "3.0.0"],
    ["bloom_build", "3.2.0"],
    ["storage_config.use_thanos_objstore", "3.4.0"],
  ]),
];

/** https://prometheus.io/docs/prometheus/latest/migration/ and CHANGELOG.md of prometheus/prometheus. */
const prometheus: readonly SettingChange[] = [
  ...removed("prometheus", "flag", "2.0.0", [
    ["alertmanager.url", "alerting.alertmanagers in prometheus.yml"],
    ["storage.local.path", "--storage.tsdb.path"],
    ["storage.local.retention", "--storage.tsdb.retention.time"],
    ["storage.local.memory-chunks"],
    ["storage.local.target-heap-size"],
    ["storage.remote.timeout"],
  ]),
  ...removed("prometheus", "flag", "3.0.0", [
    ["storage.tsdb.retention", "--storage.tsdb.retention.time"],
    ["storage.tsdb.allow-overlapping-blocks"],
    ["alertmanager.timeout"],
  ]),
  ...added("prometheus", "flag", [
    ["storage.tsdb.retention.time", "2.7.0"],
    ["storage.tsdb.retention.size", "2.7.0"],
    ["web.config.file", "2.24.0"],
    ["web.enable-remote-write-receiver", "2.33.0"],
    ["agent", "3.0.0"],
    ["config.auto-reload-interval", "3.0.0"],
  ]),
  ...added("prometheus", "key", [
    ["scrape_configs.-.http_sd_configs", "2.28.0"],
    ["scrape_config_files", "2.43.0"],
    ["groups.-.limit", "2.31.0"],
    ["groups.-.rules.-.keep_firing_for", "2.42.0"],
    ["groups.-.query_offset", "2.53.0"],
    ["scrape_configs.-.scrape_protocols", "2.49.0"],
    ["global.scrape_protocols", "2.49.0"],
    ["scrape_configs.-.fallback_scrape_protocol", "3.0.0"],
    ["global.metric_name_validation_scheme", "3.0.0"],
    ["scrape_configs.-.metric_name_validation_scheme", "3.0.0"],
    ["storage.tsdb.retention", "3.8.0"],
  ]),
  ...removed("prometheus", "key", "2.0.0", [["scrape_configs.-.target_groups", "static_configs"]]),
];

/** CHANGELOG.md of prometheus/node_exporter. The old names warn since the new ones exist; 2.0 drops them. */
const nodeExporter: readonly SettingChange[] = [
  ...added("node-exporter", "flag", [
    ["collector.filesystem.mount-points-exclude", "1.2.0"],
    ["collector.filesystem.fs-types-exclude", "1.2.0"],
    ["collector.netdev.device-exclude", "1.1.0"],
    ["collector.systemd.unit-include", "1.1.0"],
  ]),
  ...removed("node-exporter", "flag", "1.0.0", [["collectors.enabled", "--collector.<name>"]]),
  ...removed("node-exporter", "flag", "2.0.0", [
    ["collector.filesystem.ignored-mount-points", "--collector.filesystem.mount-points-exclude"],
    ["collector.filesystem.ignored-fs-types", "--collector.filesystem.fs-types-exclude"],
  ]),
];

export const settingChanges: readonly SettingChange[] = [...loki, ...prometheus, ...nodeExporter];

/** Feature flags of Prometheus 2 that version 3 has made defaults or own flags; it only warns about them. */
export const formerFeatureFlags: Readonly<Record<string, string>> = {
  agent: "--agent",
  "remote-write-receiver": "--web.enable-remote-write-receiver",
  "promql-at-modifier": "always on",
  "promql-negative-offset": "always on",
  "new-service-discovery-manager": "always on",
  "expand-external-labels": "always on",
  "no-default-scrape-port": "always on",
  "auto-gomemlimit": "always on",
  "auto-gomaxprocs": "always on",
};

/**
 * Names `--disable_metrics` and `--enable_metrics` of cAdvisor know (container/factory.go); any other name ends the process.
 * `accelerator` was taken out in 0.47.
 */
export const cadvisorMetrics: ReadonlySet<string> = new Set([
  "advtcp",
  "app",
  "cpu",
  "cpuLoad",
  "cpu_topology",
  "cpuset",
  "disk",
  "diskIO",
  "hugetlb",
  "memory",
  "memory_numa",
  "network",
  "oom_event",
  "percpu",
  "perf_event",
  "pressure",
  "process",
  "referenced_memory",
  "resctrl",
  "sched",
  "tcp",
  "udp",
]);

/** The default of `--disable_metrics` in current versions. */
export const cadvisorDisabledByDefault: readonly string[] =
  "advtcp,cpu_topology,cpuset,hugetlb,memory_numa,process,referenced_memory,resctrl,sched,tcp,udp".split(",");

/** Promtail is not released any more from this Loki version on; its end of life was 2026-03-02. */
export const promtailGoneIn = "3.7.0";
