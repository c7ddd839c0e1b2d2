// Promtail says itself that its paths match nothing.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/nothing-to-tail",
  title: "Promtail finds no log files: its path matches nothing inside the container (or is a directory)",
  why: "__path__ is a glob seen from inside the agent. If the volume is not mounted, the path is a directory or relabelling drops it, there is nothing to tail and readiness answers 500.",
  severity: "warning",
  component: "promtail",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  from: ["promtail", "alloy"],
  texts: [
    "Unable to find any logs to tail",
    "no files matched requested path, nothing will be tailed",
    "failed to tail file, is directory",
    "file is a directory",
  ],
  says: ({ line }) =>
    /directory/.test(line.text)
      ? "The path names a directory; it must be a glob of files such as /var/log/*.log"
      : "No file matches __path__ inside the agent's container",
  rivals: [
    {
      rule: "promtail/discovery-forbidden",
      tellApart: "with Kubernetes discovery a missing right also leaves nothing to tail, and says forbidden",
    },
  ],
  decideWith: "docker exec PROMTAIL ls -l /var/log   # what does the agent see?",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/troubleshooting/"],
  fix: () => ({
    summary: "Mount the log directory into the agent and make __path__ a glob of files",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In promtail.yaml", command: "__path__: /var/log/*.log" }],
  }),
});
