// The sidecar writes the file, and Grafana refuses to read it again: basic auth is off or the password is another.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/sidecar-reload-refused",
  title:
    "Grafana refuses its sidecar's reload request (401 or 403), so new data sources and dashboards do not appear",
  why: "The sidecar writes a ConfigMap's file and then posts to /api/admin/provisioning/…/reload with the admin password of its environment. With basic auth off (OAuth, anonymous, LDAP only), or a password that was changed in the database, Grafana answers 401 or 403 and reads the files only at its next start.",
  severity: "warning",
  component: "grafana",
  layer: "auth",
  nature: "cause",
  effect: "no-answer",
  from: "any",
  texts: [
    "/api/admin/provisioning/{what}/reload. Response: 401",
    "/api/admin/provisioning/{what}/reload. Response: 403",
    "path=/api/admin/provisioning/{what}/reload status=401",
    "path=/api/admin/provisioning/{what}/reload status=403",
  ],
  recoveredBy: ["reload. Response: 200"],
  says: ({ captures, line }) => {
    const status = /(?:Response: |status=)(\d{3})/.exec(line.text)?.[1] ?? "401";
    return `Grafana answers the sidecar's reload of ${captures.what ?? "provisioning"} with ${status}: ${status === "403" ? "the account may not administrate" : "basic auth is off, or the admin password in the sidecar's environment is not the one in Grafana's database"}; changes show only after a restart`;
  },
  rivals: [{ rule: "grafana/admin-password-ignored", tellApart: "there people cannot log in either" }],
  decideWith:
    "kubectl -n NAMESPACE logs POD -c grafana-sc-datasources --tail=20; kubectl -n NAMESPACE exec POD -c grafana -- printenv GF_AUTH_BASIC_ENABLED",
  references: [
    "https://github.com/grafana/helm-charts/issues/1024",
    "https://github.com/grafana/helm-charts/issues/981",
  ],
  fix: () =>
    byHand(
      "Enable basic auth for the admin (grafana.ini: auth.basic.enabled: true) or bring the password of the Secret and the database together (grafana cli admin reset-admin-password); or do without reloads: sidecar.datasources.initDatasources: true and skipReload: true",
      "In the chart's values, then helm upgrade",
    ),
});
