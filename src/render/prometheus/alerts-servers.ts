// Alerts about Prometheus, Alertmanager and Loki themselves: who watches the watchmen.
import type { StackFile } from "../../model/stack-file.ts";
import type { AlertRule } from "./alert-rules.ts";

const prometheusLabels = { job: "prometheus", instance: "10.0.0.1:9090", host: "mon" };
const prometheusSeries = (name: string, more = ""): string =>
  `${name}{job="prometheus",instance="10.0.0.1:9090",host="mon"${more}}`;
const managerLabels = { job: "alertmanager", instance: "10.0.0.1:9093", host: "mon" };
const managerSeries = (name: string, more = ""): string =>
  `${name}{job="alertmanager",instance="10.0.0.1:9093",host="mon"${more}}`;
const lokiSeries = (name: string, more = ""): string =>
  `${name}{job="loki",instance="10.0.0.1:3100",host="mon"${more}}`;

export function prometheusAlerts(stack: StackFile): readonly AlertRule[] {
  return [
    {
      alert: "PrometheusConfigReloadFailed",
      expr: "prometheus_config_last_reload_successful == 0",
      for: "5m",
      severity: "critical",
      summary: "Prometheus on {{ $labels.host }} refused its configuration",
      description: "It goes on with the old one; its log names the line.",
      about: ["prometheus"],
      test: {
        fires: [[prometheusSeries("prometheus_config_last_reload_successful"), "0x20"]],
        at: "10m",
        labels: prometheusLabels,
        silent: [[prometheusSeries("prometheus_config_last_reload_successful"), "1x20"]],
      },
    },
    counterAlert({
      alert: "PrometheusRuleFailures",
      metric: "prometheus_rule_evaluation_failures_total",
      more: ',rule_group="targets"',
      labels: { ...prometheusLabels, rule_group: "targets" },
      series: prometheusSeries,
      severity: "critical",
      summary: "Rules of {{ $labels.rule_group }} cannot be evaluated",
      description: "Their alerts cannot fire.",
      about: ["prometheus"],
    }),
    counterAlert({
      alert: "PrometheusWalCorrupt",
      metric: "prometheus_tsdb_wal_corruptions_total",
      labels: prometheusLabels,
      series: prometheusSeries,
      severity: "critical",
      summary: "Prometheus on {{ $labels.host }} found its write-ahead log damaged",
      description: "Samples of the last hours may be lost; look at the disk.",
      about: ["prometheus"],
    }),
    counterAlert({
      alert: "PrometheusCompactionFailed",
      metric: "prometheus_tsdb_compactions_failed_total",
      labels: prometheusLabels,
      series: prometheusSeries,
      severity: "warning",
      summary: "Prometheus on {{ $labels.host }} cannot compact its blocks",
      description: "Often a full disk; old data is not deleted either.",
      about: ["prometheus"],
    }),
    counterAlert({
      alert: "PrometheusDuplicateSamples",
      metric: "prometheus_target_scrapes_sample_duplicate_timestamp_total",
      labels: prometheusLabels,
      series: prometheusSeries,
      severity: "warning",
      summary: "Prometheus on {{ $labels.host }} drops samples that collide",
      description: "Two targets send the same series.",
      about: ["prometheus"],
    }),
    ...(stack.remoteWrite.length === 0 ? [] : [remoteWriteFailing]),
    ...(stack.discovery.kind === "http" ? [discoveryFailing] : []),
    ...(stack.discovery.kind === "file" ? [fileDiscoveryFailing] : []),
  ];
}

const remoteWriteFailing = counterAlert({
  alert: "RemoteWriteFailing",
  metric: "prometheus_remote_storage_samples_failed_total",
  more: ',remote_name="a",url="http://far/write"',
  labels: { ...prometheusLabels, remote_name: "a", url: "http://far/write" },
  series: prometheusSeries,
  severity: "warning",
  summary: "Samples for {{ $labels.url }} are refused",
  description: "They are not sent again.",
  about: ["prometheus"],
});

const discoveryFailing = counterAlert({
  alert: "HttpDiscoveryFailing",
  metric: "prometheus_sd_refresh_failures_total",
  more: ',mechanism="http"',
  labels: { ...prometheusLabels, mechanism: "http" },
  series: prometheusSeries,
  severity: "warning",
  summary: "Prometheus on {{ $labels.host }} cannot read its targets over http",
  description: "It goes on with the last list.",
  about: ["prometheus"],
});

const fileDiscoveryFailing = counterAlert({
  alert: "FileDiscoveryFailing",
  metric: "prometheus_sd_file_read_errors_total",
  labels: prometheusLabels,
  series: prometheusSeries,
  severity: "warning",
  summary: "Prometheus on {{ $labels.host }} cannot read a target file",
  description: "It goes on with the last list.",
  about: ["prometheus"],
});

interface CounterAlert extends Pick<AlertRule, "alert" | "severity" | "summary" | "description" | "about"> {
  readonly metric: string;
  readonly more?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly series: (name: string, more?: string) => string;
}

/** Something that must never be counted has been counted. */
function counterAlert({ metric, more, labels, series, ...rule }: CounterAlert): AlertRule {
  return {
    ...rule,
    expr: `increase(${metric}[10m]) > 0`,
    for: "5m",
    test: {
      fires: [[series(metric, more), "0+1x30"]],
      at: "20m",
      labels,
      silent: [[series(metric, more), "7x30"]],
    },
  };
}

export function alertmanagerAlerts(): readonly AlertRule[] {
  return [
    {
      alert: "AlertmanagerConfigReloadFailed",
      expr: "alertmanager_config_last_reload_successful == 0",
      for: "5m",
      severity: "critical",
      summary: "Alertmanager on {{ $labels.host }} refused its configuration",
      description: "It goes on with the old one; its log names the line.",
      about: ["alertmanager"],
      test: {
        fires: [[managerSeries("alertmanager_config_last_reload_successful"), "0x20"]],
        at: "10m",
        labels: managerLabels,
        silent: [[managerSeries("alertmanager_config_last_reload_successful"), "1x20"]],
      },
    },
    counterAlert({
      alert: "AlertNotificationsFailing",
      metric: "alertmanager_notifications_failed_total",
      more: ',integration="webhook"',
      labels: { ...managerLabels, integration: "webhook" },
      series: managerSeries,
      severity: "critical",
      summary: "Alertmanager cannot tell anybody by {{ $labels.integration }}",
      description: "Alerts fire and nobody hears of them.",
      about: ["alertmanager"],
    }),
    {
      alert: "PrometheusHasNoAlertmanager",
      expr: "prometheus_notifications_alertmanagers_discovered < 1",
      for: "10m",
      severity: "critical",
      summary: "Prometheus on {{ $labels.host }} knows no Alertmanager",
      description: "Alerts fire and go nowhere.",
      about: ["prometheus", "alertmanager"],
      test: {
        fires: [[prometheusSeries("prometheus_notifications_alertmanagers_discovered"), "0x20"]],
        at: "15m",
        labels: prometheusLabels,
        silent: [[prometheusSeries("prometheus_notifications_alertmanagers_discovered"), "1x20"]],
      },
    },
    counterAlert({
      alert: "PrometheusNotificationsDropped",
      metric: "prometheus_notifications_dropped_total",
      labels: prometheusLabels,
      series: prometheusSeries,
      severity: "critical",
      summary: "Prometheus on {{ $labels.host }} drops alerts",
      description: "Alertmanager does not take them.",
      about: ["prometheus", "alertmanager"],
    }),
  ];
}

export function lokiAlerts(): readonly AlertRule[] {
  const requests = "loki_request_duration_seconds_count";
  return [
    {
      alert: "LokiRequestErrors",
      expr: `sum by (host, route) (rate(${requests}{status_code=~"5.."}[5m])) / sum by (host, route) (rate(${requests}[5m])) > 0.05`,
      for: "10m",
      severity: "critical",
      summary: "Loki fails requests of {{ $labels.route }}",
      description:
        "More than 5 % of the requests of {{ $labels.route }} on {{ $labels.host }} end with an error of the server.",
      about: ["loki"],
      test: {
        fires: [
          [lokiSeries(requests, ',route="loki_api_v1_push",status_code="500"'), "0+10x40"],
          [lokiSeries(requests, ',route="loki_api_v1_push",status_code="204"'), "0+10x40"],
        ],
        at: "20m",
        labels: { host: "mon", route: "loki_api_v1_push" },
        silent: [
          [lokiSeries(requests, ',route="loki_api_v1_push",status_code="500"'), "3x40"],
          [lokiSeries(requests, ',route="loki_api_v1_push",status_code="204"'), "0+10x40"],
        ],
      },
    },
    {
      alert: "LokiRefusesLines",
      expr: "sum by (host, reason) (rate(loki_discarded_samples_total[5m])) > 0",
      for: "10m",
      severity: "warning",
      summary: "Loki throws lines away: {{ $labels.reason }}",
      description: "Lines are refused because of {{ $labels.reason }} and are lost.",
      about: ["loki"],
      test: {
        fires: [
          [lokiSeries("loki_discarded_samples_total", ',reason="rate_limited",tenant="fake"'), "0+5x40"],
        ],
        at: "20m",
        labels: { host: "mon", reason: "rate_limited" },
        silent: [
          [lokiSeries("loki_discarded_samples_total", ',reason="rate_limited",tenant="fake"'), "5x40"],
        ],
      },
    },
    {
      alert: "LokiReceivesNothing",
      expr: "sum by (host) (rate(loki_distributor_lines_received_total[10m])) == 0",
      for: "15m",
      severity: "critical",
      summary: "No log line reaches Loki",
      description: "Not one agent delivers to {{ $labels.host }}.",
      about: ["loki"],
      test: {
        fires: [[lokiSeries("loki_distributor_lines_received_total", ',tenant="fake"'), "100x60"]],
        at: "40m",
        labels: { host: "mon" },
        silent: [[lokiSeries("loki_distributor_lines_received_total", ',tenant="fake"'), "0+100x60"]],
      },
    },
    {
      alert: "LokiDeletesNothing",
      expr: "time() - (loki_compactor_apply_retention_last_successful_run_timestamp_seconds > 0) > 86400",
      for: "1h",
      severity: "warning",
      summary: "Loki on {{ $labels.host }} has deleted nothing for a day",
      description: "Retention does not run any more, and the disk fills.",
      about: ["loki"],
      test: {
        fires: [
          [lokiSeries("loki_compactor_apply_retention_last_successful_run_timestamp_seconds"), "60x1700"],
        ],
        at: "1600m",
        labels: { job: "loki", instance: "10.0.0.1:3100", host: "mon" },
        silent: [
          [lokiSeries("loki_compactor_apply_retention_last_successful_run_timestamp_seconds"), "60+60x1700"],
        ],
      },
    },
    counterAlert({
      alert: "LokiPanics",
      metric: "loki_panic_total",
      labels: { job: "loki", instance: "10.0.0.1:3100", host: "mon" },
      series: lokiSeries,
      severity: "critical",
      summary: "Loki on {{ $labels.host }} panicked",
      description: "Its log has the trace.",
      about: ["loki"],
    }),
  ];
}
