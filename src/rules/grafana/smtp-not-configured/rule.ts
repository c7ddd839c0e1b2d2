// Mail was asked for, and Grafana has no mail server.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/smtp-not-configured",
  title: "Grafana sends no mail: its SMTP section is not enabled",
  why: "Mail contact points, invitations and password resets go through [smtp] of grafana.ini, which is off by default and separate from Alertmanager's. Without it each notification ends with: SMTP not configured.",
  severity: "warning",
  component: "grafana",
  layer: "delivery",
  nature: "cause",
  effect: "none",
  phase: "run",

  texts: ["SMTP not configured, check your grafana.ini config file's [smtp] section", "SMTP not configured"],
  says: () =>
    "Grafana was to send a mail and has no mail server: [smtp] enabled is not true (GF_SMTP_ENABLED), host, user and from_address are missing",
  decideWith: "docker exec GRAFANA env | grep GF_SMTP | cut -d= -f1",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#smtp"],
  fix: () =>
    byHand(
      "Set [smtp] enabled = true, host = HOST:587, user, password and from_address (GF_SMTP_ENABLED, GF_SMTP_HOST, …; Helm: grafana.ini.smtp and smtp.existingSecret), then restart Grafana",
      "In grafana.ini or the environment",
      undefined,
      "safe",
    ),
});
