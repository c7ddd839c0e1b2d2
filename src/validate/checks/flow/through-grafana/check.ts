// The last step of the way: what Prometheus and Loki hold comes back through Grafana, where people look at it.
import type { DatasourceFlow } from "../../../../model/canary.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import { noneOf } from "../../../subjects.ts";

export const check = defineCheck({
  id: "flow/through-grafana",
  suite: "flow",
  proves: "fresh metrics and log lines come back through Grafana's data sources",
  needs: ["flow.datasources"],
  after: ["pods/ready", "pods/containers-running", "health/answers", "grafana/datasources"],
  hints: ["grafana/datasource-unreachable", "grafana/datasource-points-at-localhost"],
  decideWith:
    "watchmend validate … --grafana-login '${env:GRAFANA_LOGIN}'   # user:password or a service account's token",
  absent: ({ stack }) => noneOf(["grafana"], stack),
  run: ({ facts }) => facts["flow.datasources"].map(judge),
});

const states = { fresh: "pass", nothing: "fail", "not-asked": "unknown" } as const;

function judge({ at, grafana, name, type, outcome, says }: DatasourceFlow): VerdictDraft {
  const what = type === "loki" ? "log lines" : "metrics";
  const sentence = {
    fresh: `${what} come back through data source ${name}: ${says}`,
    nothing: `no ${what} come back through data source ${name}: ${says}`,
    "not-asked": `whether ${what} come back through data source ${name} was not asked: ${says}`,
  }[outcome];
  return {
    subject: { kind: "object", id: `data source ${name}` },
    state: states[outcome],
    says: sentence,
    proof: [at],
    component: grafana,
  };
}
