// The mail server speaks, and does not accept user and password.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/smtp-login-refused",
  title: "The mail server refuses the login (535): smtp_auth_username or smtp_auth_password is wrong",
  why: "535 comes after the connection and TLS are up: user and password are not accepted. Google, Microsoft and others take app passwords only once two-step sign-in is on, or no basic login at all. Alertmanager and Grafana drop the notification after a few tries.",
  severity: "critical",
  component: "alertmanager",
  layer: "auth",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  from: "any",
  texts: [
    "auth: 535 {rest*}",
    "535 5.7.8 {rest*}",
    "535 5.7.3 {rest*}",
    "535 Authentication failed",
    "534 5.7.9 {rest*}",
    "Username and Password not accepted",
    "SmtpClientAuthentication is disabled",
  ],
  confirm: ({ line, lines }) =>
    line.component === undefined ||
    /alertmanager|grafana/.test(line.component) ||
    lines.some(({ text }) => /notif|email/i.test(text))
      ? { holds: true }
      : { holds: false },
  says: ({ lines }) => {
    const all = lines.map(({ text }) => text).join("\n");
    const hint = /google|gmail/i.test(all)
      ? ": Google takes an app password (16 letters) and no account password"
      : /outlook|office365|SmtpClientAuthentication/i.test(all)
        ? ": SMTP AUTH is off for that mailbox or tenant"
        : "";
    return `The mail server refuses user and password (535, authentication failed)${hint}: correct smtp_auth_username and smtp_auth_password (Grafana: [smtp] user, password)`;
  },
  rivals: [
    { rule: "alertmanager/smtp-tls", tellApart: "there TLS fails before any login" },
    { rule: "alertmanager/mail-server-unreachable", tellApart: "there nobody answers" },
  ],
  decideWith: "swaks --server SMARTHOST:587 --tls --auth LOGIN --auth-user USER --to ME",
  references: [
    "https://prometheus.io/docs/alerting/latest/configuration/#email_config",
    "https://support.google.com/mail/?p=BadCredentials",
  ],
  fix: () =>
    byHand(
      "Make an app password (or an SMTP account) with the provider and put it into smtp_auth_password_file; smtp_auth_username is usually the whole address",
      "In alertmanager.yml, then reload Alertmanager",
      "amtool check-config alertmanager.yml",
      "safe",
    ),
});
