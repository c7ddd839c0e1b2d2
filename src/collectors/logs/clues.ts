// What gives a component away in its own log lines: source files, fields, sentences. Weights: 10 only this one, 1 a hint.
// Sources: the components' repositories; old releases go by `caller=file.go:N`, slog ones by `source=file.go:N`.
import type { ComponentKind } from "../../model/component.ts";
import type { LogRecord } from "./record.ts";

type Fields = Readonly<Record<string, string>>;

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

const has = (components: readonly string[], ...wanted: readonly string[]): boolean =>
  components.length > 0 && components.some((component) => wanted.includes(component));

/** Component, weight, and what must hold of the fields and of all values of `component`. */
export const fieldClues: readonly (readonly [
  ComponentKind,
  number,
  (fields: Fields, components: readonly string[]) => boolean,
])[] = [
  [
    "prometheus",
    8,
    (_f, c) =>
      has(
        c,
        "tsdb",
        "scrape manager",
        "rule manager",
        "query engine",
        "discovery manager scrape",
        "discovery manager notify",
        "activeQueryTracker",
        "automaxprocs",
        "automemlimit",
      ),
  ],
  ["prometheus", 4, (_f, c) => has(c, "notifier", "remote", "web", "k8s_client_runtime", "main")],
  [
    "prometheus",
    6,
    (f) => f.scrape_pool !== undefined || (f.remote_name !== undefined && f.url !== undefined),
  ],
  [
    "alertmanager",
    6,
    (_f, c) => has(c, "cluster", "dispatcher", "configuration", "inhibitor", "nflog", "silences"),
  ],
  ["alertmanager", 6, (f) => f.receiver !== undefined && f.integration !== undefined],
  [
    "prometheus-operator",
    10,
    (_f, c) =>
      has(
        c,
        "prometheusoperator",
        "alertmanageroperator",
        "thanosoperator",
        "prometheusagentoperator",
        "prometheus-controller",
        "alertmanager-controller",
        "thanos-controller",
        "prometheusagent-controller",
        "kubelet_endpoints",
      ),
  ],
  ["config-reloader", 6, (_f, c) => has(c, "reloader")],
  // Flow and Alloy name the component of their own configuration in every line.
  [
    "alloy",
    12,
    (f) =>
      f.component_id !== undefined ||
      f.component_path !== undefined ||
      f.controller_id !== undefined ||
      f.controller_path !== undefined,
  ],
  [
    "alloy",
    6,
    (f) =>
      ["http", "cluster", "remotecfg", "otel", "labelstore", "livedebugging", "ui"].includes(
        f.service ?? "",
      ) && f.msg !== undefined,
  ],
  // Grafana Agent, Alloy's predecessor.
  [
    "alloy",
    20,
    (f, c) =>
      f.logs_config !== undefined || has(c, "logs") || (f.agent === "prometheus" && f.instance !== undefined),
  ],
  // Both agents send with the same client; only Promtail has nothing else to say.
  [
    "promtail",
    6,
    (f, c) =>
      has(
        c,
        "client",
        "filetarget",
        "filetargetmanager",
        "tailer",
        "journaltargetmanager",
        "docker_target",
        "positions",
        "file_watcher",
      ) && f.component_id === undefined,
  ],
  [
    "promtail",
    6,
    (f) =>
      /^(?:error sending batch|final error sending batch)/.test(f.msg ?? "") &&
      f.host !== undefined &&
      f.component_id === undefined,
  ],
  [
    "loki",
    5,
    (_f, c) =>
      has(
        c,
        "frontend",
        "querier",
        "distributor",
        "ingester",
        "compactor",
        "index-gateway",
        "index-store",
        "frontend-worker",
        "query-scheduler",
        "ruler",
        "bloom-gateway",
        "ingester-client",
        "querier-scheduler",
        "tsdb-manager",
        "head-manager",
      ),
  ],
  [
    "loki",
    5,
    (f) => f.org_id !== undefined || (f.orgid !== undefined && f.logger === undefined && f.lvl === undefined),
  ],
  [
    "grafana",
    9,
    (f) => f.logger !== undefined && (f.lvl !== undefined || f.t !== undefined) && f.ts === undefined,
  ],
  [
    "grafana",
    6,
    (f) =>
      f.lvl !== undefined &&
      /(?:^|_)(?:path|uname|userid|orgid)$/.test(
        Object.keys(f).find((key) => /^(?:uname|orgid|userid)$/.test(key)) ?? "",
      ),
  ],
  [
    "node-exporter",
    8,
    (f) =>
      f.collector !== undefined &&
      f.scrape_pool === undefined &&
      f.component === undefined &&
      f.logger === undefined,
  ],
  [
    "blackbox-exporter",
    8,
    (f) =>
      f.probe_success !== undefined ||
      (f.module !== undefined && f.target !== undefined && f.scrape_pool === undefined),
  ],
  ["thanos", 6, (_f, c) => has(c, "sidecar", "store", "query-frontend", "receive-writer")],
  [
    "docker",
    4,
    (f) => f.module === "libcontainerd" || f.module === "grpc" || f["storage-driver"] !== undefined,
  ],
];

/** Sentences. Tried on every line that is kept, so they are few, anchored where they can be, and short of quantifiers. */
export const textClues: readonly (readonly [RegExp, ComponentKind, number])[] = [
  [
    /Starting Prometheus(?: Server|\b(?! Operator))|Server is ready to receive web requests|See you next time!|No time or size retention was set/i,
    "prometheus",
    10,
  ],
  [
    /opening storage failed|lock DB directory|Error loading config \(--config\.file|(?:Replaying|Completed loading of) (?:on-disk memory|WAL|configuration file)|Starting TSDB|WAL segment loaded|prometheus: error: |Loading on-disk chunks failed|out of sequence m-mapped chunk|mmap chunk files/i,
    "prometheus",
    6,
  ],
  [
    /Error on ingesting (?:samples|out-of-order)|Append failed|Scrape commit failed|Failed to determine correct type of scrape target|fallback_scrape_protocol/i,
    "prometheus",
    6,
  ],
  [
    /Failed to send batch, retrying|non-recoverable error.*remote_name=|Error sending alerts?\b/i,
    "prometheus",
    6,
  ],
  [
    /Starting Alertmanager\b|notify retry cancel|unable to initialize gossip mesh|Notify for alerts failed/i,
    "alertmanager",
    10,
  ],
  [
    /Starting Loki\b|Loki started|error running loki|\/loki\/pkg\/|MULTIPLE CONFIG ERRORS FOUND|at least \d+ live replicas required/i,
    "loki",
    10,
  ],
  // Paths of the images' default data directories.
  [/[ "'(]\/prometheus\/(?:lock|wal\b|queries\.active|chunks_head|[0-9A-Z]{26})/, "prometheus", 5],
  [/\/var\/lib\/grafana\b/, "grafana", 5],
  [/[ "'(]\/(?:tmp\/)?loki\/(?:chunks|wal|rules|compactor|index|tsdb|boltdb)/, "loki", 5],
  [
    /not found in type (?:compactor|ingester|validation|querier|storage|ruler|indexgateway|queryrange|frontend|loki)\.|not found in type config\.ChunkStoreConfig/,
    "loki",
    7,
  ],
  [/Starting Promtail|error creating promtail|\/clients\/pkg\/promtail/i, "promtail", 14],
  [
    /Starting Grafana\b|Failed to start grafana|GF_PATHS_|Grafana server is running|Data ?proxy error|Failed to provision data sources|Datasource provisioning error|grafana-server|docs\.grafana\.org\/installation\/docker/i,
    "grafana",
    10,
  ],
  // A scrape that failed, as a targets page or lastError words it: quotes around the address since Go 1.14.
  [
    /\bGet \\?"?https?:\/\/[^\s"\\]{1,500}\/metrics(?:\/(?:cadvisor|probes|slis))?(?:\?[^\s"\\]{0,500})?\\?"?: (?:dial |context deadline|net\/http: |EOF|read tcp|http: server gave|x509: |tls: |remote error: |unable to read|stream error)/,
    "prometheus",
    8,
  ],
  // An error panel: the message a data source proxy gives to the browser.
  [/^(?:Status: \d{3}\. Message: |\[?(?:plugin\.downstreamError|plugin\.requestFailure))/, "grafana", 12],
  [
    /^(?:error querying |Error |Query error |Error reading (?:Prometheus|Loki): |)(?:Get|Post) \\?"https?:\/\/[^"\s]{1,2000}\/api\/v1\/(?:query|query_range|labels?|series|status)/i,
    "grafana",
    8,
  ],
  [/Starting node_exporter|Node Exporter is running|collector failed/i, "node-exporter", 10],
  [
    /container factory|CadvisorVersion|Starting cAdvisor|Could not configure a source for OOM detection|Cannot read vendor id correctly|rootfs\/etc\/machine-id/i,
    "cadvisor",
    10,
  ],
  [/inotify_add_watch \/sys\/fs\/cgroup|Failed to watch directory "\/sys\/fs\/cgroup/i, "cadvisor", 8],
  [
    /k8s\.io\/kube-state-metrics|Starting kube-state-metrics|Starting metrics server: /i,
    "kube-state-metrics",
    7,
  ],
  [
    /Starting Prometheus Operator|prometheus-operator\/pkg\/|skipping (?:servicemonitor|podmonitor|object|prometheusrule)|sync (?:prometheus|alertmanager)\b|provision (?:alertmanager|prometheus) configuration/i,
    "prometheus-operator",
    8,
  ],
  [
    /Starting prometheus-config-reloader|Failed to trigger reload|function failed\. Retrying in next tick|Reload triggered/i,
    "config-reloader",
    8,
  ],
  [
    /now listening for http traffic|starting complete graph evaluation|finished node evaluation|\/component\/(?:loki|prometheus)\.|grafana\/(?:alloy|agent)\//i,
    "alloy",
    9,
  ],
  [/Starting blackbox_exporter|Beginning probe|blackbox_exporter\/prober/i, "blackbox-exporter", 7],
  [/starting pushgateway|prometheus\/pushgateway\//i, "pushgateway", 6],
  [/plugin\/(?:errors|forward|kubernetes|loop|ready|health|reload): |^CoreDNS-\d/i, "coredns", 10],
  [
    /Error response from daemon|failed to start daemon|API listen on \/|docker\.sock.*listen|Handler for (?:GET|POST) \/v1\./i,
    "docker",
    5,
  ],
  [/hudson\.|jenkins\.(?:model|util|security)/i, "jenkins", 8],
  [/oom-kill:|Out of memory: Kill|Memory cgroup out of memory|\bOOM killer\b/i, "host", 6],
  [
    /\bBackend \S{1,200} has no server|(?:Server|Proxy) \S{1,200} (?:is (?:DOWN|UP)|started|stopped)/,
    "haproxy",
    7,
  ],
];
