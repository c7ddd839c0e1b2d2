// Single log files may not be opened.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/log-files-unreadable",
  title: "The log agent may not read log files: their mode or owner excludes the user it runs as",
  why: "/var/log/pods and many service logs are readable for root or one group only. An agent hardened to run as a normal user gets `permission denied` for each.",
  severity: "warning",
  component: "promtail",
  layer: "permissions",
  nature: "cause",
  effect: "no-data-in",
  from: ["promtail", "alloy"],
  texts: [
    "failed to start tailer…permission denied",
    "open /var/log/{file}: permission denied",
    "failed to tail file…permission denied",
  ],
  uses: ["host.files"],
  says: ({ line }) =>
    `${line.text.match(/open (\/\S+?):/)?.[1] ?? "Log files"} may not be opened by the agent's user (permission denied)`,
  rivals: [
    {
      rule: "host/selinux-denies-access",
      tellApart: "with SELinux the mode would allow it and an AVC denial exists",
      decideWith: "ls -lZ FILE; ausearch -m avc -ts recent",
    },
  ],
  decideWith: "namei -l FILE; id AGENT_USER",
  references: ["https://github.com/grafana/loki/issues/5018"],
  fix: () => ({
    summary:
      "Run the agent as root with all capabilities dropped but DAC_READ_SEARCH, or grant its group read access",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "See what is missing", command: "namei -l FILE" }],
  }),
});
