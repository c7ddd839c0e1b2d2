// Source files that give a component away in its own log lines.
// Weights: 10 only this one, 1 a hint. Sources: the components' repositories; old releases go by `caller=file.go:N`, slog ones by `source=file.go:N`.
import type { ComponentKind } from "../../../model/component.ts";
import type { LogRecord } from "../record.ts";

const files: Readonly<Record<string, readonly (readonly [ComponentKind, number])[]>> = Object.assign(
  Object.create(null) as Record<string, readonly (readonly [ComponentKind, number])[]>,
  {
    ...of(
      "prometheus",
      4,
      "head.go",
      "head_wal.go",
      "compact.go",
      "db.go",
      "repair.go",
      "scrape.go",
      "notifier.go",
      "queue_manager.go",
    ),
    ...of(
      "prometheus",
      3,
      "web.go",
      "query_logger.go",
      "head_append.go",
      "dedupe.go",
      "write_handler.go",
      "group.go",
      "alertmanagerset.go",
      "head_read.go",
      "tls_config.go",
      "memlimit.go",
    ),
    ...of(
      "loki",
      6,
      "loki.go",
      "frontend_processor.go",
      "scheduler_processor.go",
      "table_manager.go",
      "table.go",
      "index_set.go",
      "marker.go",
      "fifo_cache.go",
      "recalculate_owned_streams.go",
      "streams_map.go",
      "index_gateway.go",
      "tsdb_manager.go",
      "shipper_index_client.go",
      "delete_requests_manager.go",
      "deletion.go",
      "schema_config.go",
      "push.go",
      "chunk_fetcher.go",
    ),
    ...of(
      "loki",
      4,
      "flush.go",
      "engine.go",
      "scheduler.go",
      "lifecycler.go",
      "basic_lifecycler.go",
      "memberlist_client.go",
      "memberlist_logger.go",
      "ring_watcher.go",
      "module_service.go",
      "modules.go",
      "distributor.go",
      "ingester.go",
      "querier.go",
      "compactor.go",
      "worker.go",
      "roundtrip.go",
      "grpc_logging.go",
      "instance.go",
      "recovery.go",
      "experimental.go",
      "usage.go",
      "reporter.go",
      "metrics.go",
    ),
    ...of(
      "promtail",
      6,
      "promtail.go",
      "filetarget.go",
      "filetargetmanager.go",
      "tailer.go",
      "positions.go",
      "journaltarget.go",
      "journaltargetmanager.go",
      "target_group.go",
    ),
    ...of(
      "alertmanager",
      6,
      "coordinator.go",
      "dispatch.go",
      "nflog.go",
      "silence.go",
      "inhibit.go",
      "delegate.go",
      "advertise.go",
      "receiver.go",
    ),
    ...of("alertmanager", 4, "cluster.go", "notify.go"),
    ...of(
      "prometheus-operator",
      5,
      "operator.go",
      "controller.go",
      "informers.go",
      "prompb.go",
      "resource_selector.go",
    ),
    ...of("config-reloader", 6, "reloader.go"),
    ...of(
      "node-exporter",
      8,
      "node_exporter.go",
      "textfile.go",
      "diskstats_linux.go",
      "diskstats_common.go",
      "filesystem_common.go",
      "filesystem_linux.go",
      "systemd_linux.go",
      "udev_linux.go",
    ),
    ...of("node-exporter", 4, "collector.go"),
    ...of("blackbox-exporter", 6, "prober.go", "blackbox_exporter.go"),
    ...of("cadvisor", 8, "cadvisor.go", "oomparser.go", "raw.go", "inotify_watcher.go"),
    ...of(
      "kubelet",
      8,
      "kubelet.go",
      "pod_workers.go",
      "kuberuntime_manager.go",
      "kuberuntime_container.go",
      "nestedpendingoperations.go",
      "eviction_manager.go",
      "kubelet_node_status.go",
      "reconciler_common.go",
      "remote_runtime.go",
      "cri_stats_provider.go",
      "pod_startup_latency_tracker.go",
      "kubelet_getters.go",
    ),
  },
);

/** Files of client-go's and cAdvisor's klog, common names that mean something only in klog lines. */
const klogFiles: typeof files = Object.assign(Object.create(null) as typeof files, {
  ...of(
    "cadvisor",
    6,
    "manager.go",
    "factory.go",
    "handler.go",
    "machine.go",
    "container.go",
    "plugin.go",
    "fs.go",
  ),
  ...of("kube-state-metrics", 4, "server.go", "builder.go", "wrapper.go", "app.go"),
  ...of("kubelet", 8, "prober.go", "reconciler.go"),
});

function of(component: ComponentKind, weight: number, ...names: readonly string[]): typeof files {
  return Object.fromEntries(names.map((name) => [name, [[component, weight]]]));
}

/** klog lines of vendored libraries share names with the components' own files, so klog has its own table. */
export function fileClues(record: LogRecord): readonly (readonly [ComponentKind, number])[] {
  if (record.file === undefined) return [];
  if (record.dialect === "klog")
    return klogFiles[record.file] ?? (strongInKlog.has(record.file) ? (files[record.file] ?? []) : []);
  return files[record.file] ?? [];
}

const strongInKlog: ReadonlySet<string> = new Set(
  Object.keys(files).filter((file) =>
    (files[file] ?? []).some(
      ([kind]) =>
        kind === "cadvisor" ||
        kind === "kubelet" ||
        kind === "node-exporter" ||
        kind === "prometheus-operator",
    ),
  ),
);
