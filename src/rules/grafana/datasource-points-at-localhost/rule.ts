// localhost in a data source is Grafana's own container.
import type { DockerContainer } from "../../../model/docker.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { isLoopback, parseAddress } from "../../../stack/resolve.ts";
import {
  filesOf,
  ownerOf,
  readAgain,
  repair,
  replaceValues,
  serviceAt,
  valuesIn,
} from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "dial tcp 127.0.0.1:{port#}: connect: connection refused",
  "dial tcp [::1]:{port#}: connect: connection refused",
  "dial tcp 127.0.0.1:{port#}: getsockopt: connection refused",
  "dial tcp [::1]:{port#}: getsockopt: connection refused",
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
  uses: [
    "config.documents",
    "kubernetes.objects",
    "docker.containers",
    "kubernetes.pods",
    "host.processes",
    "host.units",
  ],
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
  fix: (finding, facts, stack) =>
    repair("Name the service in the data source's URL", "disruptive", [
      ...filesOf(facts, "grafana-datasources").flatMap((doc) =>
        replaceValues(
          valuesIn(doc, (value, path) => path.at(-1) === "url" && typeof value === "string"),
          "Name the service instead of localhost",
          (value) => elsewhere(String(value), facts["docker.containers"]),
        ),
      ),
      ...readAgain(ownerOf(finding, stack)),
    ]) ?? {
      summary:
        "Use the service name (http://prometheus:9090, http://loki:3100) or the host's address in the data source URL",
      risk: "safe",
      steps: [{ do: "by-hand", title: "Change the URL in the provisioning file and restart Grafana" }],
    },
});

/** The same URL with the name of the one container that serves its port. */
function elsewhere(url: string, containers: readonly DockerContainer[]): string | undefined {
  const { host, port } = parseAddress(url) ?? {};
  if (host === undefined || port === undefined || !isLoopback(host)) return undefined;
  const service = serviceAt(port, containers, undefined);
  return service && url.replace(/^(https?:\/\/)[^/]+/, `$1${service}`);
}
