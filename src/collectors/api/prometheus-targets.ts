// Prometheus' `/api/v1/targets`, whole or cut by hand or by jq: what is scraped, what is dropped, and the last error.

import type { ScrapeTarget } from "../../model/api.ts";
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { hostOf } from "../lines.ts";
import { itemsOf, type JsonNode, memberOf, numberOf, recordOf, textOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { answersOf, dataOf, hasKeys, placeOfNode, visitObjects } from "./answer.ts";

/** A cluster's dropped targets can be tens of thousands; their labels repeat. */
const maxDropped = 5_000;

export const prometheusTargets: Parser = {
  id: "prometheus-targets",
  reads: "Prometheus /api/v1/targets",
  provides: ["prometheus.targets", "text.lines"],
  recognise(segment) {
    if (hasKeys(segment, "activeTargets") || hasKeys(segment, "droppedTargets")) return 0.97;
    if (hasKeys(segment, "scrapeUrl", "health")) return 0.96;
    return hasKeys(segment, "health", "lastError") &&
      !hasKeys(segment, "evaluationTime") &&
      !hasKeys(segment, "query")
      ? 0.9
      : 0;
  },
  parse(segment, emit) {
    emit.seen("prometheus.targets");
    for (const document of answersOf(segment)) {
      const data = dataOf(document);
      visitObjects(data, (object) => {
        const target = readTarget(segment, object);
        if (target) emitTarget(target, emit);
        return target !== undefined;
      });
      for (const dropped of itemsOf(memberOf(data, "droppedTargets")).slice(0, maxDropped))
        emitDropped(segment, dropped, emit);
    }
  },
};

function readTarget(segment: Segment, node: JsonNode): ScrapeTarget | undefined {
  const health = textOf(memberOf(node, "health"))?.toLowerCase();
  const scrapeUrl = textOf(memberOf(node, "scrapeUrl"));
  const error = memberOf(node, "lastError");
  if (
    health !== "up" &&
    health !== "down" &&
    health !== "unknown" &&
    (scrapeUrl === undefined || error === undefined)
  )
    return undefined;
  const labels = recordOf(memberOf(node, "labels"));
  const discovered = memberOf(node, "discoveredLabels");
  const seconds = numberOf(memberOf(node, "lastScrapeDuration"));
  const lastError = textOf(error);
  const pool = textOf(memberOf(node, "scrapePool"));
  return given({
    at: placeOfNode(segment, node),
    host: hostOf(segment),
    job: labels.job ?? textOf(memberOf(node, "job")) ?? recordOf(discovered).job ?? pool ?? "",
    instance: labels.instance ?? textOf(memberOf(node, "instance")),
    scrapeUrl,
    health: healthOf(health),
    lastError,
    errorAt: lastError === undefined ? undefined : placeOfNode(segment, error),
    labels,
    discoveredLabels: discovered ? recordOf(discovered) : undefined,
    scrapePool: pool,
    lastScrapeMs: seconds === undefined ? undefined : seconds * 1_000,
    scrapedAtMs: momentOf(textOf(memberOf(node, "lastScrape"))),
  });
}

/** Go's zero time stands for "never". */
function momentOf(text: string | undefined): number | undefined {
  const moment = text === undefined ? Number.NaN : Date.parse(text);
  return moment > 0 ? moment : undefined;
}

/** The word of the API or of the web page, in any case. */
export function healthOf(word: string | undefined): ScrapeTarget["health"] {
  const lower = word?.toLowerCase();
  return lower === "up" || lower === "down" ? lower : "unknown";
}

/** A target, and its last error as text that rules look for. */
export function emitTarget(target: ScrapeTarget, emit: Emit): void {
  emit.fact("prometheus.targets", target);
  if (target.lastError === undefined) return;
  emit.text({
    text: target.lastError,
    line: target.errorAt?.line ?? target.at.line ?? 1,
    stream: "answer",
    component: "prometheus",
    ...(target.scrapedAtMs === undefined ? {} : { timeMs: target.scrapedAtMs }),
  });
}

function emitDropped(segment: Segment, node: JsonNode, emit: Emit): void {
  const discoveredLabels = recordOf(memberOf(node, "discoveredLabels"));
  const pool = textOf(memberOf(node, "scrapePool"));
  emit.fact(
    "prometheus.targets",
    given({
      at: placeOfNode(segment, node),
      host: hostOf(segment),
      job: discoveredLabels.job ?? pool ?? "",
      health: "unknown" as const,
      labels: {},
      discoveredLabels,
      dropped: true,
      scrapePool: pool,
    }),
  );
}
