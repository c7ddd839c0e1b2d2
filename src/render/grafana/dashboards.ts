// The dashboards of a stack: all hosts in one picture, chosen by a variable, never one host with its name written in.
import type { DeployedKind, StackFile } from "../../model/stack-file.ts";
import { type DashboardSpec, dashboardJson, type Json, type PanelSpec } from "./panels.ts";

export interface Dashboard {
  readonly name: string;
  readonly dashboard: Json;
}

export function dashboardsOf(stack: StackFile): readonly Dashboard[] {
  const kinds = new Set(stack.components.map((one) => one.kind));
  const specs = [
    kinds.has("prometheus") && stackHealth(kinds),
    kinds.has("prometheus") && kinds.has("node-exporter") && hosts,
    kinds.has("prometheus") && kinds.has("cadvisor") && containers,
    kinds.has("loki") && logs,
    kinds.has("prometheus") && stack.scrape.length > 0 && jobs,
  ];
  return specs.flatMap((spec) =>
    spec === false ? [] : [{ name: spec.name, dashboard: dashboardJson(spec) }],
  );
}

const metric = (title: string, expr: string, legend: string, more: Partial<PanelSpec> = {}): PanelSpec => ({
  title,
  type: "timeseries",
  source: "prometheus",
  queries: [{ expr, legend }],
  ...more,
});

const single = (title: string, expr: string, more: Partial<PanelSpec> = {}): PanelSpec => ({
  title,
  type: "stat",
  source: "prometheus",
  queries: [{ expr }],
  width: 6,
  height: 4,
  ...more,
});

const hostVariable = (query: string) => ({ name: "host", source: "prometheus", query }) as const;
const disks = 'fstype!~"tmpfs|ramfs|overlay|squashfs|nsfs"';

const hosts: DashboardSpec = {
  name: "hosts",
  title: "Hosts",
  variables: [hostVariable('label_values(up{job="node-exporter"}, host)')],
  panels: [
    metric(
      "CPU used",
      '1 - avg by (host) (rate(node_cpu_seconds_total{mode="idle",host=~"$host"}[5m]))',
      "{{host}}",
      {
        unit: "percentunit",
        max: 1,
      },
    ),
    metric(
      "Memory used",
      '1 - node_memory_MemAvailable_bytes{host=~"$host"} / node_memory_MemTotal_bytes{host=~"$host"}',
      "{{host}}",
      { unit: "percentunit", max: 1 },
    ),
    metric(
      "Load per core",
      'node_load5{host=~"$host"} / on (host) count by (host) (node_cpu_seconds_total{mode="idle",host=~"$host"})',
      "{{host}}",
    ),
    metric(
      "Disk used",
      `1 - node_filesystem_avail_bytes{host=~"$host",${disks}} / node_filesystem_size_bytes{host=~"$host",${disks}}`,
      "{{host}} {{mountpoint}}",
      { unit: "percentunit", max: 1 },
    ),
    metric(
      "Network in and out",
      'sum by (host) (rate(node_network_receive_bytes_total{host=~"$host",device!="lo"}[5m]) + rate(node_network_transmit_bytes_total{host=~"$host",device!="lo"}[5m]))',
      "{{host}}",
      { unit: "Bps" },
    ),
    metric(
      "Disk busy",
      'sum by (host) (rate(node_disk_io_time_seconds_total{host=~"$host"}[5m]))',
      "{{host}}",
      {
        unit: "s",
      },
    ),
    metric(
      "Clock against the server",
      'node_time_seconds{host=~"$host"} - timestamp(node_time_seconds{host=~"$host"})',
      "{{host}}",
      { description: "Seconds ahead (or behind) at the moment of the scrape." },
    ),
    metric("Memory kills", 'increase(node_vmstat_oom_kill{host=~"$host"}[5m])', "{{host}}"),
  ],
};

const containers: DashboardSpec = {
  name: "containers",
  title: "Containers",
  variables: [
    hostVariable('label_values(up{job="cadvisor"}, host)'),
    {
      name: "container",
      source: "prometheus",
      query: 'label_values(container_last_seen{host=~"$host",name!=""}, name)',
    },
  ],
  panels: [
    metric(
      "CPU",
      'sum by (host, name) (rate(container_cpu_usage_seconds_total{host=~"$host",name=~"$container"}[5m]))',
      "{{host}} {{name}}",
      { unit: "short" },
    ),
    metric(
      "Memory",
      'container_memory_working_set_bytes{host=~"$host",name=~"$container"}',
      "{{host}} {{name}}",
      { unit: "bytes" },
    ),
    metric(
      "Network received",
      'sum by (host, name) (rate(container_network_receive_bytes_total{host=~"$host",name=~"$container"}[5m]))',
      "{{host}} {{name}}",
      { unit: "Bps" },
    ),
    metric(
      "Network sent",
      'sum by (host, name) (rate(container_network_transmit_bytes_total{host=~"$host",name=~"$container"}[5m]))',
      "{{host}} {{name}}",
      { unit: "Bps" },
    ),
    metric(
      "Starts",
      'changes(container_start_time_seconds{host=~"$host",name=~"$container"}[15m])',
      "{{host}} {{name}}",
    ),
    metric(
      "Running for",
      'time() - container_start_time_seconds{host=~"$host",name=~"$container"}',
      "{{host}} {{name}}",
      { unit: "s" },
    ),
  ],
};

const logs: DashboardSpec = {
  name: "logs",
  title: "Logs",
  variables: [
    { name: "host", source: "loki", query: "label_values(host)" },
    { name: "job", source: "loki", query: "label_values(job)" },
  ],
  panels: [
    {
      title: "Lines per second by host",
      type: "timeseries",
      source: "loki",
      queries: [
        { expr: 'sum by (host) (rate({host=~"$host",job=~"$job"}[$__interval]))', legend: "{{host}}" },
      ],
    },
    {
      title: "Lines with errors",
      type: "timeseries",
      source: "loki",
      queries: [
        {
          expr: 'sum by (host, job) (count_over_time({host=~"$host",job=~"$job"} |~ "(?i)\\\\b(error|fatal|panic)\\\\b" [$__interval]))',
          legend: "{{host}} {{job}}",
        },
      ],
    },
    {
      title: "Lines",
      type: "logs",
      source: "loki",
      queries: [{ expr: '{host=~"$host",job=~"$job"}' }],
      width: 24,
      height: 16,
    },
  ],
};

const jobs: DashboardSpec = {
  name: "jobs",
  title: "Declared jobs",
  variables: [{ name: "job", source: "prometheus", query: "label_values(up, job)" }],
  panels: [
    metric("Answers", 'up{job=~"$job"}', "{{job}} {{instance}}", { max: 1, width: 24 }),
    metric("Time a scrape takes", 'scrape_duration_seconds{job=~"$job"}', "{{job}} {{instance}}", {
      unit: "s",
    }),
    metric("Samples per scrape", 'scrape_samples_scraped{job=~"$job"}', "{{job}} {{instance}}"),
  ],
};

function stackHealth(kinds: ReadonlySet<DeployedKind>): DashboardSpec {
  return {
    name: "stack",
    title: "The stack itself",
    variables: [],
    panels: [
      single("Targets that answer", "sum(up)"),
      single("Targets that do not", 'count(up{presence!="sleeping"} == 0) or vector(0)'),
      single("Sleeping targets", 'count(up{presence="sleeping"}) or vector(0)'),
      single("Alerts firing", 'count(ALERTS{alertstate="firing",alertname!="Watchdog"}) or vector(0)'),
      {
        title: "Who does not answer",
        type: "table",
        source: "prometheus",
        queries: [{ expr: 'up{presence!="sleeping"} == 0' }],
        width: 24,
        height: 6,
      },
      metric("Samples per second", "rate(prometheus_tsdb_head_samples_appended_total[5m])", "{{type}}"),
      metric("Series in memory", "prometheus_tsdb_head_series", "{{host}}"),
      metric("Slowest scrapes", "topk(10, scrape_duration_seconds)", "{{job}} {{instance}}", { unit: "s" }),
      ...(kinds.has("loki")
        ? [
            metric(
              "Log lines per second",
              "sum by (host) (rate(loki_distributor_lines_received_total[5m]))",
              "{{host}}",
            ),
            metric(
              "Lines Loki refused",
              "sum by (reason) (rate(loki_discarded_samples_total[5m]))",
              "{{reason}}",
            ),
          ]
        : []),
      ...(kinds.has("alloy")
        ? [
            metric(
              "Lines sent by Alloy",
              "sum by (host) (rate(loki_write_sent_entries_total[5m]))",
              "{{host}}",
            ),
          ]
        : []),
      ...(kinds.has("promtail")
        ? [
            metric(
              "Lines sent by Promtail",
              "sum by (host) (rate(promtail_sent_entries_total[5m]))",
              "{{host}}",
            ),
          ]
        : []),
      ...(kinds.has("alertmanager")
        ? [
            metric(
              "Notifications that failed",
              "sum by (integration) (rate(alertmanager_notifications_failed_total[5m]))",
              "{{integration}}",
            ),
          ]
        : []),
    ],
  };
}
