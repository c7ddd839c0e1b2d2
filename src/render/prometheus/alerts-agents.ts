// Alerts about the agents, and about the hosts as far as a full disk or a wrong clock breaks the stack.
import type { StackFile } from "../../model/stack-file.ts";
import type { AlertRule } from "./alert-rules.ts";

const node = (name: string, more = ""): string =>
  `${name}{job="node-exporter",instance="10.0.0.2:9100",host="a"${more}}`;
const nodeLabels = { job: "node-exporter", instance: "10.0.0.2:9100", host: "a" };
const container = (name: string, more = ""): string =>
  `${name}{job="cadvisor",instance="10.0.0.2:9200",host="a"${more}}`;

export function agentAlerts(stack: StackFile): readonly AlertRule[] {
  const kinds = new Set(stack.components.map((one) => one.kind));
  return [
    ...(kinds.has("alloy") ? [...logFlow("alloy", "loki_write"), ...alloyHealth] : []),
    ...(kinds.has("promtail") ? logFlow("promtail", "promtail") : []),
    ...(kinds.has("cadvisor") ? containers : []),
    ...(kinds.has("blackbox-exporter") ? [probeFailed] : []),
  ];
}

function logFlow(agent: "alloy" | "promtail", prefix: string): readonly AlertRule[] {
  const series = (name: string, more = ""): string =>
    `${name}{job="${agent}",instance="10.0.0.2:1",host="a"${more}}`;
  return [
    {
      alert: "AgentDropsLines",
      expr: `sum by (host) (rate(${prefix}_dropped_entries_total[5m])) > 0`,
      for: "10m",
      severity: "warning",
      summary: "The log agent on {{ $labels.host }} gives lines up",
      description: "Loki refused them, or could not be reached for too long.",
      about: [agent],
      test: {
        fires: [[series(`${prefix}_dropped_entries_total`, ',reason="ingester_error"'), "0+3x40"]],
        at: "20m",
        labels: { host: "a" },
        silent: [[series(`${prefix}_dropped_entries_total`, ',reason="ingester_error"'), "3x40"]],
      },
    },
    {
      alert: "AgentLogsStopped",
      expr: `sum by (host) (rate(${prefix}_sent_entries_total[15m])) == 0`,
      for: "15m",
      severity: "warning",
      summary: "The log agent on {{ $labels.host }} sends nothing",
      description: "It runs, and has delivered no line for half an hour.",
      about: [agent],
      test: {
        fires: [[series(`${prefix}_sent_entries_total`), "50x60"]],
        at: "40m",
        labels: { host: "a" },
        silent: [[series(`${prefix}_sent_entries_total`), "0+50x60"]],
      },
    },
  ];
}

const alloySeries = (name: string, more = ""): string =>
  `${name}{job="alloy",instance="10.0.0.2:12345",host="a"${more}}`;

const alloyHealth: readonly AlertRule[] = [
  {
    alert: "AlloyConfigRefused",
    expr: "alloy_config_last_load_successful == 0",
    for: "5m",
    severity: "critical",
    summary: "Alloy on {{ $labels.host }} refused its configuration",
    description: "It goes on with the old one; its log names the line.",
    about: ["alloy"],
    test: {
      fires: [[alloySeries("alloy_config_last_load_successful"), "0x20"]],
      at: "10m",
      labels: { job: "alloy", instance: "10.0.0.2:12345", host: "a" },
      silent: [[alloySeries("alloy_config_last_load_successful"), "1x20"]],
    },
  },
  {
    alert: "AlloyComponentUnhealthy",
    expr: 'sum by (host) (alloy_component_controller_running_components{health_type!="healthy"}) > 0',
    for: "15m",
    severity: "warning",
    summary: "Part of Alloy on {{ $labels.host }} does not work",
    description: "Its page lists the components that are not healthy.",
    about: ["alloy"],
    test: {
      fires: [
        [alloySeries("alloy_component_controller_running_components", ',health_type="unhealthy"'), "1x40"],
      ],
      at: "20m",
      labels: { host: "a" },
      silent: [
        [alloySeries("alloy_component_controller_running_components", ',health_type="unhealthy"'), "0x40"],
        [alloySeries("alloy_component_controller_running_components", ',health_type="healthy"'), "9x40"],
      ],
    },
  },
];

const containers: readonly AlertRule[] = [
  {
    alert: "ContainersWithoutNames",
    expr: 'count by (host) (container_last_seen) unless count by (host) (container_last_seen{name!=""})',
    for: "15m",
    severity: "warning",
    summary: "cAdvisor on {{ $labels.host }} cannot tell containers apart",
    description: "No series has a name: cAdvisor does not reach the engine, or is too old for it.",
    about: ["cadvisor"],
    test: {
      fires: [[container("container_last_seen", ',id="/"'), "1x40"]],
      at: "20m",
      labels: { host: "a" },
      silent: [
        [container("container_last_seen", ',id="/"'), "1x40"],
        [container("container_last_seen", ',id="/docker/1",name="loki"'), "1x40"],
      ],
    },
  },
  {
    alert: "ContainerRestarting",
    expr: 'changes(container_start_time_seconds{name!=""}[15m]) > 2',
    severity: "warning",
    summary: "{{ $labels.name }} on {{ $labels.host }} keeps starting again",
    description: "It started more than twice within 15 minutes.",
    about: ["cadvisor"],
    test: {
      fires: [[container("container_start_time_seconds", ',name="loki"'), "0+60x30"]],
      at: "20m",
      labels: { job: "cadvisor", instance: "10.0.0.2:9200", host: "a", name: "loki" },
      silent: [[container("container_start_time_seconds", ',name="loki"'), "60x30"]],
    },
  },
  {
    alert: "ContainerNearMemoryLimit",
    expr: 'container_memory_working_set_bytes{name!=""} / (container_spec_memory_limit_bytes{name!=""} > 0) > 0.9',
    for: "10m",
    severity: "warning",
    summary: "{{ $labels.name }} on {{ $labels.host }} is about to run out of memory",
    description: "It uses more than 90 % of its limit, and the kernel kills at 100 %.",
    about: ["cadvisor"],
    test: {
      fires: [
        [container("container_memory_working_set_bytes", ',name="loki"'), "95x30"],
        [container("container_spec_memory_limit_bytes", ',name="loki"'), "100x30"],
      ],
      at: "20m",
      labels: { job: "cadvisor", instance: "10.0.0.2:9200", host: "a", name: "loki" },
      silent: [
        [container("container_memory_working_set_bytes", ',name="loki"'), "50x30"],
        [container("container_spec_memory_limit_bytes", ',name="loki"'), "100x30"],
        [container("container_memory_working_set_bytes", ',name="free"'), "50x30"],
        [container("container_spec_memory_limit_bytes", ',name="free"'), "0x30"],
      ],
    },
  },
];

const probeFailed: AlertRule = {
  alert: "ProbeFailed",
  expr: "probe_success == 0",
  for: "5m",
  severity: "critical",
  summary: "{{ $labels.instance }} does not pass its probe",
  description: "Probe {{ $labels.job }} of {{ $labels.instance }} has failed for 5 minutes.",
  about: ["blackbox-exporter"],
  test: {
    fires: [['probe_success{job="web",instance="https://a"}', "0x20"]],
    at: "10m",
    labels: { job: "web", instance: "https://a" },
    silent: [['probe_success{job="web",instance="https://a"}', "1x20"]],
  },
};

const disk = ',device="/dev/sda1",mountpoint="/",fstype="ext4"';
const diskLabels = { ...nodeLabels, device: "/dev/sda1", mountpoint: "/", fstype: "ext4" };
const real = 'fstype!~"tmpfs|ramfs|overlay|squashfs|nsfs"';

export function hostAlerts(): readonly AlertRule[] {
  return [
    {
      alert: "HostDiskFull",
      expr: `node_filesystem_avail_bytes{${real}} / node_filesystem_size_bytes{${real}} < 0.05 and node_filesystem_readonly{${real}} == 0`,
      for: "5m",
      severity: "critical",
      summary: "{{ $labels.mountpoint }} on {{ $labels.host }} is full",
      description: "Less than 5 % is free; databases stop at 0.",
      about: ["node-exporter"],
      test: {
        fires: [
          [node("node_filesystem_avail_bytes", disk), "3x20"],
          [node("node_filesystem_size_bytes", disk), "100x20"],
          [node("node_filesystem_readonly", disk), "0x20"],
        ],
        at: "10m",
        labels: diskLabels,
        silent: [
          [node("node_filesystem_avail_bytes", disk), "30x20"],
          [node("node_filesystem_size_bytes", disk), "100x20"],
          [node("node_filesystem_readonly", disk), "0x20"],
        ],
      },
    },
    {
      alert: "HostDiskWillFill",
      expr: `predict_linear(node_filesystem_avail_bytes{${real}}[6h], 86400) < 0 and node_filesystem_avail_bytes{${real}} / node_filesystem_size_bytes{${real}} < 0.3 and node_filesystem_readonly{${real}} == 0`,
      for: "1h",
      severity: "warning",
      summary: "{{ $labels.mountpoint }} on {{ $labels.host }} will be full within a day",
      description: "At the rate of the last 6 hours.",
      about: ["node-exporter"],
      test: {
        fires: [
          [node("node_filesystem_avail_bytes", disk), "3000-3x600"],
          [node("node_filesystem_size_bytes", disk), "10000x600"],
          [node("node_filesystem_readonly", disk), "0x600"],
        ],
        at: "480m",
        labels: diskLabels,
        silent: [
          [node("node_filesystem_avail_bytes", disk), "2500x600"],
          [node("node_filesystem_size_bytes", disk), "10000x600"],
          [node("node_filesystem_readonly", disk), "0x600"],
        ],
      },
    },
    {
      alert: "HostInodesLow",
      expr: `node_filesystem_files_free{${real}} / node_filesystem_files{${real}} < 0.05 and node_filesystem_readonly{${real}} == 0`,
      for: "15m",
      severity: "critical",
      summary: "{{ $labels.mountpoint }} on {{ $labels.host }} has hardly any inodes left",
      description: "Files can no longer be made, though there is room.",
      about: ["node-exporter"],
      test: {
        fires: [
          [node("node_filesystem_files_free", disk), "3x30"],
          [node("node_filesystem_files", disk), "100x30"],
          [node("node_filesystem_readonly", disk), "0x30"],
        ],
        at: "20m",
        labels: diskLabels,
        silent: [
          [node("node_filesystem_files_free", disk), "90x30"],
          [node("node_filesystem_files", disk), "100x30"],
          [node("node_filesystem_readonly", disk), "0x30"],
        ],
      },
    },
    {
      alert: "HostClockOff",
      expr: "abs(node_time_seconds - timestamp(node_time_seconds)) > 30",
      for: "5m",
      severity: "warning",
      summary: "The clock of {{ $labels.host }} is wrong",
      description: "More than 30 seconds off: Loki refuses lines from the future, and times in queries lie.",
      about: ["node-exporter"],
      test: {
        fires: [[node("node_time_seconds"), "100+60x30"]],
        at: "10m",
        labels: nodeLabels,
        silent: [[node("node_time_seconds"), "0+60x30"]],
      },
    },
    {
      alert: "HostMemoryShort",
      expr: "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.05",
      for: "10m",
      severity: "warning",
      summary: "{{ $labels.host }} has hardly any memory left",
      description: "Less than 5 % is available; the kernel will kill something.",
      about: ["node-exporter"],
      test: {
        fires: [
          [node("node_memory_MemAvailable_bytes"), "3x30"],
          [node("node_memory_MemTotal_bytes"), "100x30"],
        ],
        at: "15m",
        labels: nodeLabels,
        silent: [
          [node("node_memory_MemAvailable_bytes"), "30x30"],
          [node("node_memory_MemTotal_bytes"), "100x30"],
        ],
      },
    },
    {
      alert: "HostKilledProcess",
      expr: "increase(node_vmstat_oom_kill[10m]) > 0",
      severity: "warning",
      summary: "The kernel of {{ $labels.host }} killed a process for memory",
      description: "dmesg on {{ $labels.host }} names it.",
      about: ["node-exporter"],
      test: {
        fires: [[node("node_vmstat_oom_kill"), "0+1x30"]],
        at: "15m",
        labels: nodeLabels,
        silent: [[node("node_vmstat_oom_kill"), "4x30"]],
      },
    },
  ];
}
