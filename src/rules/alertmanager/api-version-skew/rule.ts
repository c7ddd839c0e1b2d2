// Sender and Alertmanager speak different versions of the API.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/api-version-skew",
  title: "Sender and Alertmanager speak different API versions: alerts are refused with 404 or 410",
  why: "API v1 was removed in Alertmanager 0.27; v2 exists since 0.16. A sender that still uses v1 gets 410 Gone, and one that uses v2 against an old Alertmanager (or a wrong path prefix) gets 404.",
  severity: "critical",
  component: "alertmanager",
  layer: "version",
  nature: "cause",
  effect: "no-data-out",
  from: "any",
  texts: [
    "Error sending alert…bad response status 404 Not Found",
    "bad response status 410 Gone",
    "The Alertmanager v1 API was deprecated in version 0.16.0 and is removed",
    "v1 API received a request on a removed endpoint",
  ],
  says: ({ line }) =>
    /404/.test(line.text)
      ? "Alertmanager answers 404 to the v2 API: it is older than 0.16, or a path prefix is wrong"
      : "The sender uses Alertmanager API v1, which was removed in 0.27 (410 Gone)",
  decideWith: "curl -s http://ALERTMANAGER:9093/api/v2/status | head -c 300",
  references: ["https://github.com/prometheus/alertmanager/releases/tag/v0.27.0"],
  fix: () => ({
    summary: "Upgrade the older side; set api_version: v2 in the sender (Prometheus, Thanos ruler, plugins)",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In the alerting section", command: "api_version: v2" }],
  }),
});
