// localhost in a data source is Grafana's own container.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import { matches } from "../../text-rule.ts";

const texts = [
  "dial tcp 127.0.0.1:{port#}: connect: connection refused",
  "dial tcp [::1]:{port#}: connect: connection refused",
  "dial tcp 127.0.0.1:{port#}: getsockopt: connection refused",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "grafana/datasource-points-at-localhost",
  title: "A Grafana data source points at localhost, which is the Grafana container itself",
  why: "With access: proxy Grafana's server dials the URL from its own network namespace. In a container localhost is that container, where neither Prometheus nor Loki listens.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "no-answer",
  needs: [],
  needsAny: ["grafana.datasources", "text.lines"],
  uses: ["docker.containers", "kubernetes.pods", "host.processes", "host.units"],
  texts,
  rivals: [
    {
      rule: "grafana-in-host-network",
      tellApart: "in host network mode, or installed as a package, localhost would be right",
      decideWith: "docker inspect -f '{{.HostConfig.NetworkMode}}' GRAFANA",
    },
  ],
  decideWith:
    "docker inspect -f '{{.HostConfig.NetworkMode}}' GRAFANA; curl -su admin http://GRAFANA:3000/api/datasources",
  references: [
    "https://grafana.com/docs/grafana/latest/datasources/",
    "https://docs.docker.com/compose/how-tos/networking/",
  ],
  check({ "grafana.datasources": sources, "text.lines": lines }, stack) {
    const grafana = stack.components.find((component) => component.kind === "grafana");
    if (grafana?.docker?.networkMode === "host") return [];
    const isContained = Boolean(
      grafana?.docker || grafana?.pods.length || grafana?.image || grafana?.workload,
    );
    const line = lines.findLast((entry) => entry.component === "grafana" && matches(patterns, entry));
    const local = sources.filter(
      (source) => source.access !== "direct" && isLoopback(parseAddress(source.url ?? "")?.host ?? ""),
    );
    const findings: FindingDraft[] = local.flatMap((source) => {
      if (!isContained && !line) return [];
      return [
        {
          subject: { kind: "object" as const, id: `data source ${source.name}` },
          ...(grafana ? { component: grafana.id } : {}),
          says: `Data source ${source.name} has the URL ${source.url}: localhost is Grafana's own container, use the service name (http://${source.type === "loki" ? "loki:3100" : "prometheus:9090"})`,
          proof: [source.urlAt ?? source.at, ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
          certainty: line || isContained ? ("proven" as const) : ("likely" as const),
        },
      ];
    });
    if (findings.length > 0 || !line) return findings;
    return [
      {
        subject: { kind: "component", id: grafana?.id ?? "grafana" },
        says: `Grafana dials ${line.text.match(/(127\.0\.0\.1|\[::1\]):\d+/)?.[0]} and is refused: the data source's URL is localhost, which is Grafana's own container`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "likely",
      },
    ];
  },
  fix: () => ({
    summary:
      "Use the service name (http://prometheus:9090, http://loki:3100) or the host's address in the data source URL",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Change the URL in the provisioning file and restart Grafana" }],
  }),
});
