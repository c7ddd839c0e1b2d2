// The remote side answers and says no for good: wrong token, wrong path, not allowed.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

const meanings: Readonly<Record<string, string>> = {
  "401": "the user, password or token of remote_write is missing, wrong or expired",
  "403": "the token has no right to write (or a proxy or tenant rule forbids it)",
  "404":
    "the URL has the wrong path: Prometheus /api/v1/write, Mimir and Cortex /api/v1/push, VictoriaMetrics /api/v1/write, Thanos receive /api/v1/receive",
  "405": "the URL leads to something that takes no POST: the path is wrong",
};

const ownPath =
  "this is the path of Prometheus' own receiver, so that Prometheus runs without --web.enable-remote-write-receiver, or below another prefix (--web.route-prefix, a proxy)";

export const rule = textRule({
  id: "prometheus/remote-write-refused",
  title:
    "The remote write receiver refuses Prometheus' samples for good (401, 403, 404 or 405), and they are dropped",
  why: "Only 5xx and, when asked to, 429 are tried again. Any other 4xx means that credentials, tenant or URL are wrong; Prometheus drops the batch and goes on, so the far side has a gap.",
  severity: "critical",
  component: "prometheus",
  layer: "auth",
  nature: "cause",
  effect: "no-data-out",
  from: ["prometheus", "alloy"],
  texts: [
    "non-recoverable error{rest*}server returned HTTP status 401{more*}",
    "non-recoverable error{rest*}server returned HTTP status 403{more*}",
    "non-recoverable error{rest*}server returned HTTP status 404{more*}",
    "non-recoverable error{rest*}server returned HTTP status 405{more*}",
  ],
  // Prometheus says itself that its receiver is off: prometheus/remote-write-receiver-off.
  except: ["remote write receiver needs to be enabled", "remote write receiver is not enabled"],
  says({ line }) {
    const status = /HTTP status (\d{3})/.exec(line.text)?.[1] ?? "401";
    const url = line.fields?.url ?? /url=(\S+)/.exec(line.text)?.[1] ?? "its URL";
    const why = status === "404" && /\/api\/v1\/write\/?$/.test(url) ? ownPath : meanings[status];
    return `Remote write to ${url} is refused with ${status}: ${why ?? "see its answer"}; the samples are dropped`;
  },
  rivals: [
    { rule: "prometheus/remote-write-rate-limited", tellApart: "429 is a limit of the tenant" },
    { rule: "prometheus/remote-write-backlog", tellApart: "5xx and time-outs are tried again" },
  ],
  decideWith: "curl -si -X POST -u USER URL | head -5   # with the credentials of remote_write",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write"],
  fix: (finding) =>
    byHand(
      `Correct remote_write: ${/: ([^;]+);/.exec(finding.says)?.[1] ?? "credentials and URL"}`,
      "In prometheus.yml (basic_auth, authorization, headers X-Scope-OrgID, url), then reload Prometheus",
      undefined,
      "safe",
    ),
});
