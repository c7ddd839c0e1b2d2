// The password everybody tries first.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

const setting =
  /\b(?:GF_SECURITY_ADMIN_PASSWORD|grafana_admin_password|admin_?password)\b["']?\s{0,8}[:=]\s{0,8}["']?([^"'\s#,}]{1,64})/i;
const known =
  /^(?:admin|admin123|admin1234|administrator|grafana|grafana123|password|password1|passw0rd|changeme|change-?me|change_me|changethis|secret|prom-operator|123456|12345678|test|foobar|monitoring)$/i;

export const rule = defineRule({
  id: "grafana/default-admin-password",
  title: "Grafana's administrator has a well-known default password in the configuration",
  why: "admin/admin, the chart's prom-operator and the passwords of tutorials are tried first by everybody who finds the port. An administrator of Grafana reads every data source and may run queries against all that Grafana can reach.",
  severity: "notice",
  component: "grafana",
  layer: "auth",
  nature: "habit",
  effect: "none",
  needs: ["config.documents"],
  decideWith: "grep -rniE 'admin_?password' .",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#admin_password"],
  check({ "config.documents": documents }) {
    return documents.flatMap((document): FindingDraft[] => {
      if (document.origin === "running" || document.text.length > 2_000_000) return [];
      const lines = document.text.split("\n");
      const index = lines.findIndex((line) => {
        const text = line.slice(0, 500);
        return !/^\s*[#;]/.test(text) && known.test(setting.exec(text)?.[1] ?? "");
      });
      const text = lines[index];
      if (index < 0 || text === undefined) return [];
      const key = /GF_SECURITY_ADMIN_PASSWORD|grafana_admin_password|admin_?password/i.exec(text)?.[0] ?? "";
      return [
        {
          subject: { kind: "file", id: document.embeddedIn?.key ?? document.path ?? document.at.source },
          says: `${key} is a well-known default: whoever reaches Grafana is its administrator`,
          proof: [{ source: document.at.source, line: (document.startLine ?? 1) + index }],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Give the password by reference (GF_SECURITY_ADMIN_PASSWORD__FILE, a Secret, admin.existingSecret of the chart) and set it: the variable counts only for a new database",
      "On the running Grafana",
      "grafana cli admin reset-admin-password NEW",
      "safe",
    ),
});
