// Something in front of Grafana gives up at a round number of seconds.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/proxy-timeout-cuts-query",
  title: "A load balancer or proxy in front of Grafana has a shorter timeout than the query and cuts it off",
  why: "When the outer connection is dropped after its idle timeout (30 or 60 seconds by default), Grafana cancels the query: `context canceled`, status 499, or a 504 from the proxy. Grafana's and the data source's own timeouts do not matter then.",
  severity: "warning",
  component: "grafana",
  layer: "network",
  nature: "cause",
  effect: "no-answer",
  from: "any",
  texts: [
    "status=cancelled duration={duration}",
    "http: proxy error: context canceled",
    "status=499",
    "504 Gateway Time-out",
    "504 Gateway Timeout",
  ],
  unconfirmed: "silent",
  confirm: (_hit, facts) => {
    const slow = facts["text.lines"].find((line) => {
      const duration = Number(line.fields?.time_ms ?? millisecondsOf(line.text));
      return [30, 60, 120, 180, 300].some((limit) => Math.abs(duration - limit * 1000) < limit * 25);
    });
    return slow ? { holds: true, certainty: "likely", proof: [{ ...slow.at, excerpt: slow.text }] } : {};
  },
  says: ({ lines }) => {
    const seconds = lines.map((line) => millisecondsOf(line.text)).find((value) => value > 0);
    return `Queries end after ${seconds ? `${Math.round(seconds / 1000)} seconds` : "a round number of seconds"} with context canceled: the idle timeout of the load balancer or proxy in front of Grafana is shorter than the query`;
  },
  rivals: [
    {
      rule: "user-left-the-page",
      tellApart: "a user who navigates away gives the same text at any duration",
    },
  ],
  decideWith:
    "grep -h time_ms grafana.log | grep -o 'time_ms=[0-9]*' | sort | uniq -c   # do they pile up at 30000 or 60000?",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#dataproxy"],
  fix: () => ({
    summary:
      "Raise the idle timeout of the load balancer (ALB idle_timeout.timeout_seconds, nginx proxy_read_timeout) above dataproxy.timeout",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Raise the outermost timeout first" }],
  }),
});

/** `time_ms=59752` of older versions, `duration=59.98s` of newer ones. */
function millisecondsOf(text: string): number {
  const old = /time_ms=(\d+)/.exec(text)?.[1];
  if (old !== undefined) return Number(old);
  const [, minutes, seconds] = /\bduration=(?:(\d+)m)?(\d+(?:\.\d+)?)s\b/.exec(text) ?? [];
  return seconds === undefined ? Number.NaN : (Number(minutes ?? 0) * 60 + Number(seconds)) * 1000;
}
