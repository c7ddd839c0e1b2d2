// Parsers of API answers. An answer that curl or wget fetched also shows that the address could be reached.
import type { Segment } from "../../model/evidence.ts";
import { commandOf } from "../command.ts";
import { curl } from "../host/curl.ts";
import type { Emit, Parser } from "../parser.ts";
import { alertmanagerStatus, alloyComponents } from "./alertmanager.ts";
import { canaryRecord, datasourceFlowRecord } from "./canary.ts";
import { grafanaDatasources, grafanaHealth, grafanaPanelErrors, grafanaSearch } from "./grafana.ts";
import { healthText } from "./health-text.ts";
import { lokiRing, lokiServices } from "./loki-ring.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import { prometheusStatus } from "./prometheus-status.ts";
import { prometheusTargets } from "./prometheus-targets.ts";
import { prometheusTargetsPage } from "./prometheus-targets-page.ts";
import { queryResult } from "./query-result.ts";

const answers: readonly Parser[] = [
  canaryRecord,
  datasourceFlowRecord,
  prometheusTargets,
  prometheusTargetsPage,
  prometheusStatus,
  prometheusRules,
  queryResult,
  alertmanagerStatus,
  alloyComponents,
  lokiRing,
  lokiServices,
  grafanaHealth,
  grafanaDatasources,
  grafanaSearch,
  grafanaPanelErrors,
  healthText,
];

export const apiParsers: readonly Parser[] = answers.map(withDial);

/** The answer's own parser wins over the one for curl, which would otherwise have noted the connection. */
function withDial(parser: Parser): Parser {
  return {
    ...parser,
    provides: [...parser.provides, "host.dials"],
    parse(segment: Segment, emit: Emit) {
      if (commandOf(segment, "curl") !== undefined)
        curl.parse(segment, { ...emit, segment: () => {}, text: () => {} });
      parser.parse(segment, emit);
    },
  };
}
