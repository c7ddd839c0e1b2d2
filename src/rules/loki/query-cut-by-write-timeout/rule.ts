// A long query is cut at 30 seconds: the server's own write timeout is shorter than the query may take.
import { formatDuration } from "../../../model/duration.ts";
import { placedDuration } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

/** Default of server.http_server_write_timeout (dskit server.go). */
const defaultMs = 30_000;

export const rule = textRule({
  id: "loki/query-cut-by-write-timeout",
  title: "Loki's HTTP write timeout cuts long queries",
  why: "server.http_server_write_timeout is 30s by default. A query that takes longer is finished (or cancelled) inside, but the connection has been closed: the proxy says 502 upstream prematurely closed, Grafana 502 or unexpected EOF, on wide ranges only.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "upstream prematurely closed connection while reading response header from upstream",
    "unexpected EOF",
    "loki/api/v1/query_range{rest*}502",
    "loki/api/v1/query_range{rest*}: EOF",
    "write: i/o timeout{rest*}query_range",
  ],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const set = settings.flatMap(
      ({ doc }) => placedDuration(doc, "server", "http_server_write_timeout") ?? [],
    )[0];
    const timeout = set?.value ?? defaultMs;
    const isQuery = hit.lines.some(({ text }) =>
      /loki|query_range|\/query\b|logql/i.test(text.slice(0, 4_000)),
    );
    const took = durationsOf(
      hit,
      facts["text.lines"].map(({ text }) => text),
    ).find((ms) => Math.abs(ms - timeout) <= Math.max(1_500, timeout * 0.05));
    if (!isQuery || took === undefined) return {};
    const query = settings.flatMap(
      ({ doc }) => placedDuration(doc, "limits_config", "query_timeout") ?? [],
    )[0];
    const isKnown = set !== undefined || settings.some(({ isWhole }) => isWhole);
    return {
      holds: true,
      certainty: isKnown ? "proven" : "likely",
      proof: [...(set ? [set.at] : []), ...(query ? [query.at] : [])],
      says: `Queries are cut after ${formatDuration(timeout)}: server.http_server_write_timeout is ${formatDuration(timeout)}${set ? "" : " (the default)"}${query ? `, shorter than query_timeout ${formatDuration(query.value)}` : ""}. Set server.http_server_write_timeout: 310s (at least query_timeout), and the same in every proxy`,
    };
  },
  unconfirmed: "silent",
  says: () => "Long queries are cut by server.http_server_write_timeout",
  rivals: [
    {
      rule: "grafana/proxy-timeout-cuts-query",
      tellApart: "a proxy in front cuts at its own time, usually 60 s",
    },
    { rule: "loki-out-of-memory", tellApart: "a Loki that is killed at that moment restarts" },
  ],
  decideWith:
    "time curl -s -o /dev/null -w '%{http_code}' 'http://LOKI:3100/loki/api/v1/query_range?query=…'",
  references: ["https://github.com/grafana/loki/issues/4015"],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set server.http_server_write_timeout: 310s (and http_server_read_timeout), at least limits_config.query_timeout, and the same in proxies",
      [
        { path: ["server", "http_server_write_timeout"], value: "310s" },
        { path: ["server", "http_server_read_timeout"], value: "310s" },
      ],
    ),
});

/** Times that the lines themselves, or notes beside them, give. */
function durationsOf(hit: TextHit, all: readonly string[]): readonly number[] {
  const texts = [...hit.lines.map(({ text }) => text), ...all.slice(0, 400)];
  return texts.flatMap((text) =>
    [
      ...text
        .slice(0, 4_000)
        .matchAll(
          /(?:duration|response_time|took|after|at|within|exactly|about|latency|upstream_response_time|request_time|~)[=: "~]{0,3}(\d{1,4}(?:\.\d{1,9})?) ?(ms|s|seconds|sec)?\b/gi,
        ),
    ].map(([, amount, unit]) => Number(amount) * (unit === "ms" ? 1 : 1_000)),
  );
}
