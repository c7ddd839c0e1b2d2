// A dashboard that names one host in its queries, where several are measured.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readDashboard } from "../../../stack/grafana-config.ts";
import { readFileTargets, readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";

/** `instance="mon1:9100"`, and not a variable or a pattern. */
const fixed = /\binstance\s*=\s*\\?"([\w.-]+(?::\d+)?)\\?"/;

export const rule = defineRule({
  id: "grafana/dashboard-shows-one-host",
  title: "A dashboard's queries name one host, so the others that are measured do not show",
  why: 'A dashboard that was made on the first machine keeps instance="first:9100" in its queries. Hosts that are added later are scraped and stored, and nobody sees them. A template variable (label_values(up, instance)) shows every host there is.',
  severity: "notice",
  component: "grafana",
  layer: "dashboards",
  nature: "habit",
  effect: "none",
  needs: ["config.documents"],
  uses: ["prometheus.targets"],
  decideWith: "curl -s 'http://PROMETHEUS:9090/api/v1/label/instance/values'",
  references: [
    "https://grafana.com/docs/grafana/latest/dashboards/variables/",
    "https://github.com/vegasbrianc/prometheus/issues/23",
  ],
  check(facts) {
    const documents = facts["config.documents"];
    if (!documents.some(({ kind }) => kind === "grafana-dashboard")) return [];
    const known = new Set([
      ...facts["prometheus.targets"].flatMap(({ instance }) => instance ?? []),
      ...documents
        .filter(({ kind }) => kind === "prometheus")
        .flatMap((doc) =>
          readPrometheusConfig(doc).jobs.flatMap(({ targets }) => targets.map(({ address }) => address)),
        ),
      ...documents
        .filter(({ kind }) => kind === "prometheus-file-sd")
        .flatMap((doc) => readFileTargets(doc).map(({ address }) => address)),
    ]);
    return documents.flatMap((doc): FindingDraft[] => {
      if (doc.kind !== "grafana-dashboard") return [];
      const board = readDashboard(doc);
      const queries = board.panels.flatMap((panel) => panel.queries);
      const named = queries.filter(({ expr }) => fixed.test(expr.value.slice(0, 5_000)));
      const hosts = new Set(named.flatMap(({ expr }) => fixed.exec(expr.value.slice(0, 5_000))?.[1] ?? []));
      const [host] = hosts;
      const port = host?.match(/:\d+$/)?.[0];
      const others = [...known].filter(
        (address) => address !== host && port !== undefined && address.endsWith(port),
      );
      if (host === undefined || hosts.size !== 1 || named.length * 2 < queries.length || others.length === 0)
        return [];
      const [first] = named;
      return [
        {
          subject: { kind: "file", id: doc.path ?? doc.at.source },
          says: `${named.length} of ${queries.length} queries of dashboard ${board.title?.value ?? doc.at.source} name instance="${host}"; ${others.slice(0, 3).join(", ")}${others.length > 3 ? " and others" : ""} are measured as well and do not show`,
          proof: [first?.expr.at ?? doc.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      'Add a variable with label_values(up{job="node"}, instance) and use instance=~"$instance" in the queries',
      "In the dashboard",
      undefined,
      "safe",
    ),
});
