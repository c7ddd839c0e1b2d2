// The variable counts only when the database is created.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/admin-password-ignored",
  title:
    "A changed Grafana admin password in the environment is ignored, because the database already has one",
  why: "GF_SECURITY_ADMIN_PASSWORD (or the chart's Secret) is used only when the database is created. Later changes have no effect.",
  severity: "warning",
  component: "grafana",
  layer: "auth",
  nature: "cause",
  effect: "none",
  texts: ["Invalid username or password", "Invalid credentials", "password-auth.failed"],
  unconfirmed: "silent",
  confirm: (_hit, facts) => {
    const said = facts["text.lines"].find(
      (line) =>
        line.stream === "note" &&
        /password/i.test(line.text) &&
        /chang|set|env|secret|GF_SECURITY|values/i.test(line.text),
    );
    return said ? { holds: true, certainty: "likely", proof: [{ ...said.at, excerpt: said.text }] } : {};
  },
  says: () =>
    "Login fails after the password was changed in the environment or Secret: it is only read when the database is created",
  decideWith: "kubectl -n NAMESPACE exec GRAFANA -- ls -l --time-style=full-iso /var/lib/grafana/grafana.db",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#admin_password"],
  fix: () => ({
    summary: "grafana cli admin reset-admin-password NEW inside the container",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Set it",
        command: "docker exec GRAFANA grafana cli admin reset-admin-password NEW",
      },
    ],
  }),
});
