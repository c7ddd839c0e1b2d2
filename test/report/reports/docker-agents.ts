// Docker on several VMs: agents publish their port on the loopback address only, so the server on another VM is refused.
import type { Finding } from "../../../src/model/finding.ts";
import type { Report } from "../../../src/model/report.ts";

const hosts = ["web-01", "web-02", "db-01", "queue-01"];
const root = (host: string, address: string) =>
  `docker/port-published-on-loopback@${host}/node-exporter ${address}`;
const down = (address: string) => `prometheus/target-down@${address}:9100`;
const addressOf = (host: string) => `10.20.0.${11 + hosts.indexOf(host)}`;

const roots: Finding[] = hosts.map((host) => ({
  id: root(host, addressOf(host)),
  rule: "docker/port-published-on-loopback",
  role: "root",
  severity: "critical",
  certainty: "proven",
  component: "node-exporter",
  layer: "network",
  subject: { kind: "component", id: `${host}/node-exporter` },
  title: "An agent's port is published on 127.0.0.1 only",
  says: `Container node-exporter on ${host} publishes 127.0.0.1:9100; Prometheus on mon-01 dials ${addressOf(host)}:9100 and is refused.`,
  proof: [
    {
      source: `hosts/${host}/docker-ps.txt`,
      line: 2,
      excerpt:
        'a1b2c3d4e5f6   prom/node-exporter:v1.8.2   "/bin/node_exporter"   6 days ago   Up 6 days   127.0.0.1:9100->9100/tcp   node-exporter',
    },
    {
      source: `hosts/${host}/opt/agents/compose.yml`,
      line: 9,
      pointer: "services.node-exporter.ports[0]",
      excerpt: '      - "127.0.0.1:9100:9100"',
    },
  ],
  explains: [down(addressOf(host))],
  explainedBy: [],
  rivals: [
    {
      rule: "host/firewall-drops",
      state: "refuted",
      because: "the dial is refused at once; a dropped packet would time out",
    },
  ],
  fix: {
    summary: "Publish the port on the address the server reaches and recreate the container.",
    risk: "disruptive",
    steps: [
      {
        do: "edit-document",
        title: "Publish on the private address",
        file: { source: `hosts/${host}/opt/agents/compose.yml`, line: 9 },
        edits: [
          {
            op: "set",
            path: ["services", "node-exporter", "ports", 0],
            value: `${addressOf(host)}:9100:9100`,
          },
          { op: "remove", path: ["services", "node-exporter", "expose"] },
        ],
      },
      {
        do: "by-hand",
        title: "Recreate the container",
        host,
        command: "docker compose -f /opt/agents/compose.yml up -d node-exporter",
      },
    ],
  },
}));

const symptoms: Finding[] = hosts.map((host) => ({
  id: down(addressOf(host)),
  rule: "prometheus/target-down",
  role: "symptom",
  severity: "warning",
  certainty: "proven",
  component: "prometheus",
  layer: "network",
  subject: { kind: "link", id: `mon-01/prometheus → ${addressOf(host)}:9100` },
  title: "A scrape target is down",
  says: `${addressOf(host)}:9100 of job node: connect: connection refused.`,
  proof: [
    {
      source: "hosts/mon-01/api-targets.json",
      line: 40 + hosts.indexOf(host) * 22,
      pointer: `data.activeTargets[${hosts.indexOf(host)}].lastError`,
      excerpt: `"lastError": "Get \\"http://${addressOf(host)}:9100/metrics\\": dial tcp ${addressOf(host)}:9100: connect: connection refused",`,
    },
  ],
  explains: [],
  explainedBy: [root(host, addressOf(host))],
  rivals: [],
}));

const likely: Finding = {
  id: "promtail/positions-not-persistent@web-01/promtail",
  rule: "promtail/positions-not-persistent",
  role: "root",
  severity: "warning",
  certainty: "likely",
  component: "promtail",
  layer: "state",
  subject: { kind: "component", id: "web-01/promtail" },
  title: "Promtail forgets how far it has read",
  says: "positions.filename is /tmp/positions.yaml and no mount covers /tmp; every restart reads all files again.",
  proof: [
    { source: "hosts/web-01/etc/promtail/config.yml", line: 5, excerpt: "  filename: /tmp/positions.yaml" },
  ],
  explains: ["loki/entry-too-far-behind@mon-01/loki"],
  explainedBy: [],
  rivals: [
    {
      rule: "host/clock-went-back",
      state: "possible",
      because: "the host's clock was not read",
      decideWith: "ssh web-01 timedatectl timesync-status",
    },
  ],
  decideWith: "ssh web-01 docker inspect promtail --format '{{json .Mounts}}'",
};

const tooOld: Finding = {
  id: "loki/entry-too-far-behind@mon-01/loki",
  rule: "loki/entry-too-far-behind",
  role: "symptom",
  severity: "warning",
  certainty: "proven",
  component: "loki",
  layer: "ingestion",
  subject: { kind: "component", id: "mon-01/loki" },
  title: "Loki rejects entries as too far behind",
  says: '312 entries of {job="varlogs", host="web-01"} were rejected: entry too far behind.',
  proof: [
    {
      source: "hosts/mon-01/logs/loki.txt",
      line: 1907,
      excerpt:
        'level=error ts=2026-02-02T08:00:03.512Z caller=manager.go:50 component=distributor path=write msg="write operation failed" details="entry with timestamp 2026-01-27 04:11:09 +0000 UTC ignored, reason: \'entry too far behind, entry timestamp is: 2026-01-27T04:11:09Z, oldest acceptable timestamp is: 2026-02-02T07:00:00Z\',"',
    },
  ],
  explains: [],
  explainedBy: [likely.id],
  rivals: [],
};

export const dockerAgents: Report = {
  schema: "watchmend.report/v1",
  tool: { version: "0.1.0" },
  verdict: "problems",
  coverage: {
    rules: { evaluated: 187, inconclusive: 3, notApplicable: 96 },
    missing: [
      {
        what: "host edge-07",
        because: "unreachable: ssh: connect to host edge-07 port 22: Connection timed out",
        decideWith: "ssh -v edge-07 true",
      },
    ],
  },
  stack: {
    components: [
      { id: "mon-01/prometheus", kind: "prometheus", name: "prometheus", host: "mon-01", version: "3.1.0" },
      { id: "mon-01/loki", kind: "loki", name: "loki", host: "mon-01", version: "3.4.2" },
      { id: "mon-01/grafana", kind: "grafana", name: "grafana", host: "mon-01", version: "11.5.1" },
      { id: "mon-01/alertmanager", kind: "alertmanager", name: "alertmanager", host: "mon-01" },
      ...hosts.map((host) => ({
        id: `${host}/node-exporter`,
        kind: "node-exporter",
        name: "node-exporter",
        host,
        version: "1.8.2",
      })),
      { id: "web-01/promtail", kind: "promtail", name: "promtail", host: "web-01", version: "2.9.8" },
    ],
    relations: [
      { from: "mon-01/grafana", to: "mon-01/prometheus", kind: "queries", works: true },
      { from: "mon-01/grafana", to: "mon-01/loki", kind: "queries", works: true },
      { from: "mon-01/prometheus", to: "mon-01/alertmanager", kind: "alerts" },
      ...hosts.map((host) => ({
        from: "mon-01/prometheus",
        to: `${host}/node-exporter`,
        kind: "scrapes" as const,
        works: false,
        label: "connection refused",
      })),
      { from: "web-01/promtail", to: "mon-01/loki", kind: "pushes-to", works: true },
      {
        from: "mon-01/prometheus",
        to: "10.20.0.99:9100",
        kind: "scrapes",
        works: false,
        label: "no route to host",
      },
    ],
  },
  findings: [...roots, likely, ...symptoms, tooOld],
  links: [
    ...hosts.map((host) => ({
      from: root(host, addressOf(host)),
      to: down(addressOf(host)),
      mechanism: "a port bound to the loopback address answers nobody outside that host",
    })),
    {
      from: likely.id,
      to: tooOld.id,
      mechanism: "old lines are sent again after a restart, later than Loki accepts them",
    },
  ],
};
