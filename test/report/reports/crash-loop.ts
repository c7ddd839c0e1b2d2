// Kubernetes: a re-owned data directory keeps Prometheus down, Grafana and Alloy suffer, a second fault waits behind it.
import type { Report } from "../../../src/model/report.ts";

export const crashLoop: Report = {
  schema: "watchmend.report/v1",
  tool: { version: "0.1.0" },
  verdict: "problems",
  coverage: {
    rules: { evaluated: 214, inconclusive: 9, notApplicable: 61 },
    missing: [
      {
        what: "network policies of namespace observability",
        because: "forbidden: the account that collected may not list them",
        decideWith: "kubectl -n observability get networkpolicies -o yaml",
      },
      {
        what: "previous log of alloy-7kx2p",
        because: "absent: the container has not restarted",
      },
    ],
  },
  stack: {
    components: [
      {
        id: "observability/prometheus-0",
        kind: "prometheus",
        name: "prometheus",
        namespace: "observability",
        version: "2.53.1",
      },
      {
        id: "observability/loki-0",
        kind: "loki",
        name: "loki",
        namespace: "observability",
        version: "3.1.0",
      },
      {
        id: "observability/grafana",
        kind: "grafana",
        name: "grafana",
        namespace: "observability",
        version: "11.2.0",
      },
      {
        id: "observability/alloy",
        kind: "alloy",
        name: "alloy",
        namespace: "observability",
        version: "1.4.2",
      },
      {
        id: "observability/node-exporter",
        kind: "node-exporter",
        name: "node-exporter",
        namespace: "observability",
      },
    ],
    relations: [
      {
        from: "observability/grafana",
        to: "observability/prometheus-0",
        kind: "queries",
        works: false,
        label: "no such host",
      },
      { from: "observability/grafana", to: "observability/loki-0", kind: "queries", works: true },
      {
        from: "observability/alloy",
        to: "observability/prometheus-0",
        kind: "pushes-to",
        works: false,
        label: "connection refused",
      },
      { from: "observability/alloy", to: "observability/loki-0", kind: "pushes-to", works: true },
      { from: "observability/prometheus-0", to: "observability/node-exporter", kind: "scrapes" },
      { from: "observability/prometheus-0", to: "observability/loki-0", kind: "scrapes" },
    ],
  },
  findings: [
    {
      id: "prometheus/data-dir-not-writable@observability/prometheus-0",
      rule: "prometheus/data-dir-not-writable",
      role: "root",
      severity: "critical",
      certainty: "proven",
      component: "prometheus",
      layer: "permissions",
      subject: { kind: "component", id: "observability/prometheus-0" },
      title: "Prometheus may not write to its own data directory",
      says: "/srv/tsdb on node worker-2 belongs to 0:0 with mode 0755; Prometheus runs as 65534:65534 and gets permission denied for /prometheus/lock.",
      proof: [
        {
          source: "logs/prometheus-0.previous.txt",
          line: 214,
          excerpt:
            'ts=2026-03-14T02:51:09.117Z caller=main.go:1271 level=error err="opening storage failed: lock DB directory: open /prometheus/lock: permission denied"',
        },
        {
          source: "hosts/worker-2/ls-srv.txt",
          line: 3,
          excerpt: "drwxr-xr-x  6 0 0  4096 Mar 14 02:40 /srv/tsdb",
        },
        {
          source: "statefulset-prometheus.yaml",
          line: 41,
          pointer: "spec.template.spec.securityContext.runAsUser",
          excerpt: "        runAsUser: 65534",
        },
      ],
      explains: [
        "kubernetes/crash-loop@observability/prometheus-0",
        "kubernetes/service-without-ready-pods@observability/prometheus",
        "alloy/remote-write-refused@observability/alloy",
      ],
      explainedBy: [],
      rivals: [
        {
          rule: "runasgroup-missing",
          state: "refuted",
          because:
            "the kernel looks at the owner class first; with uid 65534 as owner the group would not matter, and the owner is 0",
        },
        {
          rule: "prometheus/second-instance-holds-lock",
          state: "refuted",
          because: "the error is EACCES on open, not a lock that is already held",
        },
        {
          rule: "kubernetes/security-module-denies",
          state: "untestable",
          because: "no audit log of worker-2 was read",
          decideWith: "ssh worker-2 sudo ausearch -m avc -ts recent --raw | grep tsdb",
        },
      ],
      fix: {
        summary:
          "Give the directory itself to uid 65534, stop the playbook task that takes it away, restart the pod.",
        risk: "disruptive",
        steps: [
          {
            do: "set-owner",
            title: "Give the data directory back to Prometheus",
            host: "worker-2",
            path: "/srv/tsdb",
            uid: 65534,
            gid: 65534,
          },
          {
            do: "replace-lines",
            title: "Stop the second playbook from re-owning it",
            file: { source: "playbooks/storage.yml", line: 18 },
            from: 18,
            to: 20,
            expect: "    path: /srv/tsdb\n    owner: root\n    group: root",
            replacement: '    path: /srv/tsdb\n    owner: "65534"\n    group: "65534"',
          },
          {
            do: "restart",
            title: "Let the pod start again now instead of after the back-off",
            what: { kind: "pod", namespace: "observability", name: "prometheus-0" },
          },
        ],
      },
    },
    {
      id: "kubernetes/crash-loop@observability/prometheus-0",
      rule: "kubernetes/crash-loop",
      role: "symptom",
      severity: "critical",
      certainty: "proven",
      component: "prometheus",
      layer: "runtime",
      subject: { kind: "pod", id: "observability/prometheus-0" },
      title: "A container keeps restarting",
      says: "Container prometheus has restarted 47 times, last exit code 2 after 1 s.",
      proof: [
        {
          source: "kubectl-get-pods.txt",
          line: 6,
          excerpt: "prometheus-0          0/1     CrashLoopBackOff   47 (2m11s ago)   3h52m",
        },
      ],
      explains: ["kubernetes/service-without-ready-pods@observability/prometheus"],
      explainedBy: ["prometheus/data-dir-not-writable@observability/prometheus-0"],
      rivals: [],
    },
    {
      id: "kubernetes/service-without-ready-pods@observability/prometheus",
      rule: "kubernetes/service-without-ready-pods",
      role: "symptom",
      severity: "critical",
      certainty: "proven",
      component: "kubernetes",
      layer: "discovery",
      subject: { kind: "service", id: "observability/prometheus" },
      title: "A Service has no ready pod behind it",
      says: "Endpoints of prometheus are empty; its only pod, prometheus-0, is not ready.",
      proof: [
        {
          source: "kubectl-get-endpoints.txt",
          line: 5,
          excerpt: "prometheus      <none>               121d",
        },
      ],
      explains: ["grafana/datasource-no-such-host@observability/grafana"],
      explainedBy: [
        "prometheus/data-dir-not-writable@observability/prometheus-0",
        "kubernetes/crash-loop@observability/prometheus-0",
      ],
      rivals: [],
    },
    {
      id: "grafana/datasource-no-such-host@observability/grafana",
      rule: "grafana/datasource-no-such-host",
      role: "symptom",
      severity: "warning",
      certainty: "proven",
      component: "grafana",
      layer: "dns",
      subject: { kind: "link", id: "grafana → prometheus" },
      title: "Grafana cannot resolve the name of a data source",
      says: "prometheus.observability.svc answers NXDOMAIN: no such host.",
      proof: [
        {
          source: "logs/grafana.txt",
          line: 88,
          excerpt:
            'logger=tsdb.prometheus t=2026-03-14T02:52:30.11Z level=error msg="query failed" error="Post \\"http://prometheus.observability.svc:9090/api/v1/query_range\\": dial tcp: lookup prometheus.observability.svc on 10.96.0.10:53: no such host"',
        },
      ],
      explains: [],
      explainedBy: ["kubernetes/service-without-ready-pods@observability/prometheus"],
      rivals: [],
    },
    {
      id: "alloy/remote-write-refused@observability/alloy",
      rule: "alloy/remote-write-refused",
      role: "symptom",
      severity: "warning",
      certainty: "proven",
      component: "alloy",
      layer: "ingestion",
      subject: { kind: "link", id: "alloy → prometheus" },
      title: "Alloy cannot deliver metrics",
      says: "remote_write to 10.104.7.3:9090 is refused; 12040 samples wait.",
      proof: [
        {
          source: "logs/alloy-7kx2p.txt",
          line: 31,
          excerpt:
            'ts=2026-03-14T02:52:41Z level=warn component=remote_write msg="Failed to send batch, retrying" err="Post \\"http://10.104.7.3:9090/api/v1/write\\": dial tcp 10.104.7.3:9090: connect: connection refused"',
        },
      ],
      explains: [],
      explainedBy: ["prometheus/data-dir-not-writable@observability/prometheus-0"],
      rivals: [],
    },
    {
      id: "prometheus/rule-file-invalid@observability/prometheus-0",
      rule: "prometheus/rule-file-invalid",
      role: "latent",
      severity: "critical",
      certainty: "proven",
      component: "prometheus",
      layer: "rules",
      subject: { kind: "file", id: "configmap/prometheus-rules/alerts.yml" },
      title: "A rule file is not valid YAML",
      says: "Line 23 has an unquoted `: ` in a value: mapping values are not allowed there, so Prometheus will refuse to start.",
      proof: [
        {
          source: "configmap-prometheus-rules.yaml",
          line: 23,
          pointer: "data.alerts.yml",
          excerpt: "            summary: Disk almost full: {{ $labels.instance }}",
        },
      ],
      explains: [],
      explainedBy: [],
      rivals: [],
      fix: {
        summary: "Quote the value.",
        risk: "safe",
        steps: [
          {
            do: "replace-lines",
            title: "Quote the summary",
            file: { source: "configmap-prometheus-rules.yaml", line: 23 },
            from: 23,
            to: 23,
            expect: "            summary: Disk almost full: {{ $labels.instance }}",
            replacement: '            summary: "Disk almost full: {{ $labels.instance }}"',
          },
        ],
      },
    },
    {
      id: "loki/retention-without-compactor@observability/loki-0",
      rule: "loki/retention-without-compactor",
      role: "notice",
      severity: "notice",
      certainty: "proven",
      component: "loki",
      layer: "config",
      subject: { kind: "component", id: "observability/loki-0" },
      title: "Loki keeps logs for ever although a retention period is set",
      says: "retention_period is 744h, but compactor.retention_enabled is not set.",
      proof: [
        {
          source: "loki.yaml",
          line: 57,
          pointer: "limits_config.retention_period",
          excerpt: "  retention_period: 744h",
        },
      ],
      explains: [],
      explainedBy: [],
      rivals: [],
    },
  ],
  links: [
    {
      from: "prometheus/data-dir-not-writable@observability/prometheus-0",
      to: "kubernetes/crash-loop@observability/prometheus-0",
      mechanism: "Prometheus exits when it cannot open its storage, and the kubelet starts it again",
    },
    {
      from: "kubernetes/crash-loop@observability/prometheus-0",
      to: "kubernetes/service-without-ready-pods@observability/prometheus",
      mechanism: "a pod that never becomes ready is left out of the endpoints of its Service",
    },
    {
      from: "kubernetes/service-without-ready-pods@observability/prometheus",
      to: "grafana/datasource-no-such-host@observability/grafana",
      mechanism:
        "the Service is headless: without a ready pod its name has no address, and DNS answers NXDOMAIN",
    },
    {
      from: "prometheus/data-dir-not-writable@observability/prometheus-0",
      to: "alloy/remote-write-refused@observability/alloy",
      mechanism: "nothing listens on port 9090 while Prometheus is down",
    },
  ],
};
