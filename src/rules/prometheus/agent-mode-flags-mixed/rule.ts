// Flags of the server given to an agent, or the reverse.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/agent-mode-flags-mixed",
  title: "Flags of server mode and agent mode are mixed, so Prometheus refuses to start",
  why: "Agent mode has no local TSDB, rules or alerting, and the server has no agent storage. Flags of the other mode end the process at once.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "flags",
  texts: [
    "The following flag(s) can not be used in agent mode: {flags*}",
    "The following flag(s) can only be used in agent mode: {flags*}",
  ],
  says: ({ line, captures }) =>
    `${captures.flags} ${/only/.test(line.text) ? "belong to agent mode, and this is a server" : "cannot be used in agent mode"}`,
  references: ["https://prometheus.io/docs/prometheus/latest/prometheus_agent/"],
  fix: () => ({
    summary: "Remove the named flags, or change the mode (--agent)",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Remove the flags from the start arguments" }],
  }),
});
