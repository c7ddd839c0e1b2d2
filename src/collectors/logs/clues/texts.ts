// Sentences that give a component away in its own log lines.
// Weights: 10 only this one, 1 a hint. Sources: the components' repositories.
import type { ComponentKind } from "../../../model/component.ts";

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
