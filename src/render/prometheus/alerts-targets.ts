// Alerts about the targets themselves: gone, missing, and the one that always fires.

import { pushedKinds } from "../../model/reachability.ts";
import type { StackFile } from "../../model/stack-file.ts";
import type { AlertRule } from "./alert-rules.ts";
import { targetJobs } from "./targets.ts";

export function targetAlerts(stack: StackFile): readonly AlertRule[] {
  return [
    {
      alert: "Watchdog",
      expr: "vector(1)",
      severity: "info",
      summary: "Always fires",
      description: "Proves that rules are evaluated and that alerts reach Alertmanager.",
      about: ["prometheus"],
      test: { fires: [], at: "1m", labels: {}, silent: [] },
    },
    {
      alert: "HostDown",
      expr: 'max by (host) (up{host!="",presence!="sleeping"}) == 0',
      for: "5m",
      severity: "critical",
      summary: "Nothing on {{ $labels.host }} answers",
      description:
        "Every target of {{ $labels.host }} is down: the host, its network or a firewall before it.",
      about: ["prometheus"],
      test: {
        fires: [
          ['up{job="node-exporter",instance="10.0.0.2:9100",host="a"}', "0x20"],
          ['up{job="cadvisor",instance="10.0.0.2:9200",host="a"}', "0x20"],
        ],
        at: "10m",
        labels: { host: "a" },
        silent: [
          ['up{job="node-exporter",instance="10.0.0.2:9100",host="a"}', "1x20"],
          ['up{job="cadvisor",instance="10.0.0.2:9200",host="a"}', "0x20"],
          ['up{job="node-exporter",instance="10.0.0.3:9100",host="b",presence="sleeping"}', "0x20"],
        ],
      },
    },
    {
      alert: "TargetDown",
      expr: 'up{presence!="sleeping"} == 0',
      for: "5m",
      severity: "warning",
      summary: "{{ $labels.job }} at {{ $labels.instance }} does not answer",
      description: "Prometheus could not scrape {{ $labels.instance }} for 5 minutes.",
      about: ["prometheus"],
      test: {
        fires: [['up{job="cadvisor",instance="10.0.0.2:9200",host="a"}', "0x20"]],
        at: "10m",
        labels: { job: "cadvisor", instance: "10.0.0.2:9200", host: "a" },
        silent: [
          ['up{job="cadvisor",instance="10.0.0.2:9200",host="a"}', "1x20"],
          ['up{job="cadvisor",instance="10.0.0.3:9200",host="b",presence="sleeping"}', "0x20"],
        ],
      },
    },
    ...missing(stack),
    ...stack.hosts
      .filter((host) => host.absence?.kind !== "sleeping")
      .flatMap((host) =>
        host.absence?.kind === "behind-nat"
          ? [pushStopped(host.name)]
          : pushedKinds(stack, host).map((kind) => pushStopped(host.name, kind)),
      ),
  ];
}

/** Targets that discovery has lost have no `up` that could be 0. */
function missing(stack: StackFile): readonly AlertRule[] {
  const counts = targetJobs(stack).map(({ job, groups }) => ({
    job,
    count: groups.reduce((sum, { targets }) => sum + targets.length, 0),
  }));
  return counts.flatMap(({ job, count }): AlertRule | [] => {
    if (count === 0) return [];
    const selector = `up{job=${JSON.stringify(job)}}`;
    const series = (i: number): string => `up{job=${JSON.stringify(job)},instance="10.0.0.${i}:9100"}`;
    // With very many the test would be longer than everything else.
    const all = count > 50 ? [] : Array.from({ length: count }, (_, i) => [series(i + 1), "1x30"] as const);
    return {
      alert: "TargetsMissing",
      expr: `absent(${selector}) or count by (job) (${selector}) < ${count}`,
      for: "10m",
      severity: "critical",
      labels: { job },
      summary: "Targets of job {{ $labels.job }} are missing",
      description: `Job {{ $labels.job }} has fewer targets than the ${count} of watchmend.yaml.`,
      about: ["prometheus"],
      test: { fires: [], at: "15m", labels: { job }, silent: all },
    };
  });
}

function pushStopped(host: string, job?: string): AlertRule {
  const labels = { host, ...(job === undefined ? {} : { job }) };
  const selector = Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",");
  return {
    alert: "PushStopped",
    expr: `absent(up{${selector}})`,
    for: "10m",
    severity: "critical",
    labels,
    summary: "{{ $labels.host }} pushes nothing any more",
    description:
      job === undefined
        ? "Nobody can scrape {{ $labels.host }}; its agent pushes, and has stopped."
        : "{{ $labels.job }} of {{ $labels.host }} is read by an agent there, which has stopped pushing it.",
    about: ["prometheus"],
    test: {
      fires: [],
      at: "15m",
      labels,
      silent: [
        [
          `up{job=${JSON.stringify(job ?? "node-exporter")},instance="x",host=${JSON.stringify(host)}}`,
          "1x30",
        ],
      ],
    },
  };
}
