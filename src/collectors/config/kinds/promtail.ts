// Promtail: its configuration, and the file with its positions.
import type { Shape } from "../shape.ts";
import type { KindSign } from "./sign.ts";

function isPromtailJob(s: Shape): boolean {
  const job = "/scrape_configs/-/";
  return (
    [
      "pipeline_stages",
      "journal",
      "syslog",
      "loki_push_api",
      "windows_events",
      "gelf",
      "cloudflare",
      "heroku_drain",
    ].some((key) => s.has(job + key)) || s.has(`${job}static_configs/-/labels/__path__`)
  );
}

export const promtail: KindSign = {
  kind: "promtail",
  score: 0.95,
  matches: (s) =>
    isPromtailJob(s) ||
    (s.hasAny("/clients/-/url", "/client/url") && s.hasAny("/positions", "/scrape_configs", "/server")) ||
    s.has("/positions/filename"),
};

export const promtailPositions: KindSign = {
  kind: "promtail-positions",
  score: 0.95,
  matches: (s) =>
    s.has("/positions") &&
    [...s.paths].some((path) => /^\/positions\/(?:~1|cursor-|journal-|[A-Za-z]:\\)/.test(path)),
};
