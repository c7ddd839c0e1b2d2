// Multi-tenant mode, and a client that names no tenant.
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/tenant-header-missing",
  title: "Loki is in multi-tenant mode and the client sends no X-Scope-OrgID header",
  why: "With auth_enabled: true (the default, also of the chart) every request must name its tenant in the header X-Scope-OrgID. Without it Loki answers 401 no org id; agents drop what they send, since 4xx is not retried, and Grafana cannot connect.",
  severity: "critical",
  component: "loki",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  // In the access log of a gateway only status and size are left of the answer: `no org id` and a line end are 10 bytes.
  texts: ["no org id", '401 "{method} /loki/api/v1/{path} HTTP/{protocol}" 10 "'],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    if (
      !/no org id/i.test(hit.line.text) &&
      !/ 401 "(?:GET|POST) \/loki\/api\/v1\/\S+ HTTP\/[\d.]+" 10 "/.test(hit.line.text)
    )
      return { holds: false };
    const off = settings.find(({ authEnabled }) => authEnabled.at && !authEnabled.value);
    const on = settings.find(({ authEnabled }) => authEnabled.at && authEnabled.value);
    if (off && !on) return { holds: false };
    const known = on ?? settings.find(({ isWhole }) => isWhole);
    return known
      ? {
          holds: true,
          proof: [known.authEnabled.at ?? known.doc.at],
          says: `auth_enabled is true${known.authEnabled.at ? "" : " (the default)"}, and the client sends no X-Scope-OrgID: 401 no org id. Set auth_enabled: false for a single tenant, or send the header (tenant_id in the agent, httpHeaderName1 in the data source)`,
        }
      : { certainty: "proven" };
  },
  says: () =>
    "Loki answers 401 no org id: auth_enabled is true (the default) and the client sends no X-Scope-OrgID. Set auth_enabled: false for a single tenant, or send the header (tenant_id in the agent, httpHeaderName1 in the data source)",
  rivals: [
    {
      rule: "gateway-basic-auth",
      tellApart: "a 401 of the gateway's basic auth has an HTML body of nginx instead of no org id",
    },
  ],
  decideWith: "curl -s http://LOKI:3100/config | grep auth_enabled",
  references: [
    "https://github.com/grafana/loki/issues/7081",
    "https://grafana.com/docs/loki/latest/operations/multi-tenancy/",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set auth_enabled: false (Helm: loki.auth_enabled: false) for a single tenant, or send X-Scope-OrgID from every client; data written before stays with its old tenant",
      [{ path: ["auth_enabled"], value: false }],
    ),
});
