// A data source that exists is not one that answers.
import type { GrafanaDatasource } from "../../../../model/api.ts";
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Expectation } from "../../../../model/expectation.ts";
import type { Facts } from "../../../../model/facts.ts";
import type { Component, Stack } from "../../../../model/stack.ts";
import { parseAddress, resolveAddress } from "../../../../stack/resolve.ts";
import { noneOf, ofKind } from "../../../subjects.ts";

/** Types whose server is part of the stack; others (databases, clouds) are judged by Grafana's own answer only. */
const ours: ReadonlySet<string> = new Set(["prometheus", "loki", "alertmanager"]);

export const check = defineCheck({
  id: "grafana/datasources",
  suite: "grafana",
  proves: "every data source Grafana needs exists and answers",
  needs: ["grafana.datasources"],
  uses: ["component.health", "flow.datasources"],
  after: ["pods/ready", "pods/containers-running", "health/answers"],
  hints: ["grafana/datasource-unreachable", "grafana/datasource-points-at-localhost"],
  decideWith: "curl -su USER http://GRAFANA:3000/api/datasources/uid/UID/health",
  absent: ({ stack }) => noneOf(["grafana"], stack),
  run({ facts, stack, expectation }) {
    const [grafana] = ofKind(stack, "grafana");
    const sources = facts["grafana.datasources"];
    const named = sources.map((source) => ({
      ...judge(source, facts, stack, grafana),
      ...(grafana ? { component: grafana.id } : {}),
    }));
    const lacking = expectation.datasources
      .filter((name) => !sources.some((source) => source.name === name || source.uid === name))
      .map(
        (name): VerdictDraft => ({
          subject: { kind: "object", id: `data source ${name}` },
          state: "fail",
          says: `data source ${name} was declared, but Grafana does not have it`,
          proof: [],
        }),
      );
    const extra =
      expectation.from === "discovered" ? [] : sources.filter((source) => !isDeclared(source, expectation));
    const surplus = extra.slice(0, 20).map(
      ({ name, at }): VerdictDraft => ({
        subject: { kind: "object", id: `undeclared data source ${name}` },
        state: "warn",
        says: `Grafana has the data source ${name}, which nobody declared`,
        proof: [at],
      }),
    );
    return [...named, ...lacking, ...(expectation.datasources.length > 0 ? surplus : [])];
  },
});

function isDeclared({ name, uid }: GrafanaDatasource, { datasources }: Expectation): boolean {
  return datasources.includes(name) || (uid !== undefined && datasources.includes(uid));
}

function judge(
  source: GrafanaDatasource,
  facts: Pick<Facts, "component.health" | "flow.datasources">,
  stack: Stack,
  grafana: Component | undefined,
): VerdictDraft {
  const base = {
    subject: { kind: "object", id: `data source ${source.name}` } as const,
    proof: [source.urlAt ?? source.at],
  };
  const asked = facts["component.health"].findLast(
    ({ url }) => source.uid !== undefined && url?.includes(`/datasources/uid/${source.uid}/health`),
  );
  if (asked)
    return {
      ...base,
      state: asked.healthy ? "pass" : "fail",
      says: `data source ${source.name} ${asked.healthy ? "answers" : "does not answer"}: ${asked.body.trim().slice(0, 160)}`,
      proof: [asked.at],
    };
  // not every type has an answer about its health in every version
  const flow = facts["flow.datasources"].find(
    ({ uid, outcome }) => uid === source.uid && outcome === "fresh",
  );
  if (flow)
    return {
      ...base,
      state: "pass",
      says: `data source ${source.name} answers: ${flow.says}`,
      proof: [flow.at],
    };
  if (source.health !== undefined) {
    const works = /^ok$/i.test(source.health);
    return {
      ...base,
      state: works ? "pass" : "fail",
      says: `data source ${source.name} answers ${source.health}`,
    };
  }
  const address = source.url === undefined ? undefined : parseAddress(source.url);
  const peers = address ? resolveAddress(stack, address, grafana) : [];
  if (ours.has(source.type) && address && peers.length === 0)
    return {
      ...base,
      state: "unknown",
      says: `data source ${source.name} points at ${source.url}, which is no part of the stack that was seen; whether it answers was not asked`,
    };
  return { ...base, state: "unknown", says: `whether data source ${source.name} answers was not asked` };
}
