// The record of a line that watchmend sent through a host's agent to Loki.
import {
  type CanaryFlight,
  canarySchema,
  type DatasourceFlow,
  datasourceFlowSchema,
} from "../../model/canary.ts";
import { given } from "../../model/given.ts";
import { itemsOf, memberOf, numberOf, recordOf, stringOf } from "../loose-json.ts";
import type { Parser } from "../parser.ts";
import { answersOf, hasKeys, placeOfNode } from "./answer.ts";

const outcomes: ReadonlySet<string> = new Set<CanaryFlight["outcome"]>([
  "arrived",
  "lost",
  "not-written",
  "not-asked",
]);

export const canaryRecord: Parser = {
  id: "canary-record",
  reads: "watchmend's own record of a canary line",
  provides: ["flow.canaries"],
  recognise: (segment) =>
    hasKeys(segment, "schema", "outcome") && segment.text.includes(canarySchema) ? 1 : 0,
  parse(segment, emit) {
    emit.seen("flow.canaries");
    for (const document of answersOf(segment)) {
      const host = stringOf(memberOf(document, "host"));
      const outcome = stringOf(memberOf(document, "outcome"));
      if (host === undefined || outcome === undefined || !outcomes.has(outcome)) continue;
      const labels = memberOf(document, "labels");
      emit.fact(
        "flow.canaries",
        given({
          at: placeOfNode(segment, memberOf(document, "outcome")),
          host,
          outcome: outcome as CanaryFlight["outcome"],
          ways: itemsOf(memberOf(document, "ways")).flatMap((way) => stringOf(way) ?? []),
          because: stringOf(memberOf(document, "because")),
          afterMs: numberOf(memberOf(document, "afterMs")),
          labels: labels ? recordOf(labels) : undefined,
        }),
      );
    }
  },
};

const flows: ReadonlySet<string> = new Set<DatasourceFlow["outcome"]>(["fresh", "nothing", "not-asked"]);

export const datasourceFlowRecord: Parser = {
  id: "datasource-flow-record",
  reads: "watchmend's own record of what came back through a data source of Grafana",
  provides: ["flow.datasources"],
  recognise: (segment) =>
    hasKeys(segment, "schema", "outcome") && segment.text.includes(datasourceFlowSchema) ? 1 : 0,
  parse(segment, emit) {
    emit.seen("flow.datasources");
    for (const document of answersOf(segment)) {
      const text = (key: string): string => stringOf(memberOf(document, key)) ?? "";
      const [outcome, type] = [text("outcome"), text("type")];
      if (!flows.has(outcome) || (type !== "prometheus" && type !== "loki")) continue;
      emit.fact("flow.datasources", {
        at: placeOfNode(segment, memberOf(document, "outcome")),
        grafana: text("grafana"),
        uid: text("uid"),
        name: text("name"),
        type,
        outcome: outcome as DatasourceFlow["outcome"],
        says: text("says"),
      });
    }
  },
};
