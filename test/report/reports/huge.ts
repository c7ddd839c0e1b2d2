// Five hundred components and hundreds of symptoms behind one cause: nothing may become unreadable or slow.
import type { Finding } from "../../../src/model/finding.ts";
import type { Report, ReportComponent, ReportRelation } from "../../../src/model/report.ts";

const hostCount = 124;
const hostName = (index: number) => `vm-${String(index).padStart(3, "0")}`;
const rootId = "host/firewall-drops@mon";

const agents = ["node-exporter", "cadvisor", "alloy", "blackbox-exporter"];
const components: ReportComponent[] = [
  ...["prometheus", "loki", "grafana", "alertmanager"].map((kind) => ({
    id: `mon/${kind}`,
    kind,
    name: kind,
    host: "mon",
  })),
  ...Array.from({ length: hostCount }, (_, index) =>
    agents.map((kind) => ({ id: `${hostName(index)}/${kind}`, kind, name: kind, host: hostName(index) })),
  ).flat(),
];

const relations: ReportRelation[] = [
  { from: "mon/grafana", to: "mon/prometheus", kind: "queries", works: true },
  ...components.slice(4).map((component, index): ReportRelation => {
    if (component.kind === "alloy")
      return { from: component.id, to: "mon/loki", kind: "pushes-to", works: true };
    const works =
      index % 3 === 0 ? { works: false, label: "i/o timeout" } : index % 3 === 1 ? { works: true } : {};
    return { from: "mon/prometheus", to: component.id, kind: "scrapes", ...works };
  }),
];

const broken = relations.filter((relation) => relation.works === false);
const symptoms: Finding[] = broken.map((relation, index) => ({
  id: `prometheus/target-down@${relation.to}`,
  rule: "prometheus/target-down",
  role: "symptom",
  severity: "warning",
  certainty: "proven",
  component: "prometheus",
  layer: "network",
  subject: { kind: "link", id: `mon/prometheus → ${relation.to}` },
  title: "A scrape target is down",
  says: `${relation.to}: i/o timeout after 10 s.`,
  proof: [
    {
      source: "hosts/mon/api-targets.json",
      line: 12 + index * 22,
      excerpt: `"lastError": "Get \\"http://${relation.to}/metrics\\": dial tcp: i/o timeout",`,
    },
  ],
  explains: [],
  explainedBy: [rootId],
  rivals: [],
}));

const root: Finding = {
  id: rootId,
  rule: "host/firewall-drops",
  role: "root",
  severity: "critical",
  certainty: "proven",
  component: "host",
  layer: "firewall",
  subject: { kind: "host", id: "mon" },
  title: "The firewall drops what the server sends",
  says: `Chain OUTPUT has policy DROP and accepts only port 3100; ${broken.length} targets time out.`,
  proof: [
    { source: "hosts/mon/iptables-save.txt", line: 7, excerpt: ":OUTPUT DROP [184467:11068020]" },
    ...symptoms.slice(0, 40).map((symptom) => ({ ...(symptom.proof[0] ?? { source: "", excerpt: "" }) })),
  ],
  explains: symptoms.map((symptom) => symptom.id),
  explainedBy: [],
  rivals: [],
};

const notices: Finding[] = Array.from({ length: 60 }, (_, index) => ({
  id: `docker/no-log-rotation@${hostName(index)}`,
  rule: "docker/no-log-rotation",
  role: "notice",
  severity: "notice",
  certainty: "proven",
  component: "docker",
  layer: "storage",
  subject: { kind: "host", id: hostName(index) },
  title: "Container logs grow without limit",
  says: `daemon.json of ${hostName(index)} sets no max-size.`,
  proof: [
    {
      source: `hosts/${hostName(index)}/etc/docker/daemon.json`,
      line: 2,
      excerpt: '  "log-driver": "json-file"',
    },
  ],
  explains: [],
  explainedBy: [],
  rivals: [],
}));

export const huge: Report = {
  schema: "watchmend.report/v1",
  tool: { version: "0.1.0" },
  verdict: "problems",
  coverage: { rules: { evaluated: 260, inconclusive: 0, notApplicable: 20 }, missing: [] },
  stack: { components, relations },
  findings: [root, ...symptoms, ...notices],
  links: symptoms.map((symptom) => ({
    from: rootId,
    to: symptom.id,
    mechanism: "packets that the chain drops get no answer, so the scrape waits until its timeout",
  })),
};
