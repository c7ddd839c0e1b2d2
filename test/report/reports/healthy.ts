// A stack in which nothing is wrong; one thing could not be read.
import type { Report } from "../../../src/model/report.ts";

export const healthy: Report = {
  schema: "watchmend.report/v1",
  tool: { version: "0.1.0" },
  verdict: "healthy",
  coverage: { rules: { evaluated: 241, inconclusive: 0, notApplicable: 44 }, missing: [] },
  stack: {
    components: [
      { id: "lab/prometheus", kind: "prometheus", name: "prometheus", host: "lab", version: "3.2.1" },
      { id: "lab/grafana", kind: "grafana", name: "grafana", host: "lab", version: "12.0.0" },
      {
        id: "lab/node-exporter",
        kind: "node-exporter",
        name: "node-exporter",
        host: "lab",
        version: "1.9.0",
      },
    ],
    relations: [
      { from: "lab/grafana", to: "lab/prometheus", kind: "queries", works: true },
      { from: "lab/prometheus", to: "lab/node-exporter", kind: "scrapes", works: true },
    ],
  },
  findings: [],
  links: [],
};
