// systemd does not accept a line of the unit: nested quotes, a stray backslash, a relative path.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/unit-file-malformed",
  title: "systemd refuses the unit file of a component, so the service cannot be enabled or started",
  why: "systemd splits ExecStart into words itself. A value with quotes inside quotes, such as a Python dict that a template wrote where a list was meant, ends the word too early; systemd answers Invalid argument or bad-setting, and the package or role that installed the unit goes no further.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    "Error loading unit file '{unit}': org.freedesktop.DBus.Error.InvalidArgs",
    "Invalid unit file contents {rest*}",
    "{unit}.service: Unbalanced quoting, ignoring",
    "Unbalanced quoting, ignoring",
    "{unit}.service has a bad unit file setting",
    "Failed to start {unit}: Unit {again} has a bad unit file setting",
  ],
  confirm({ line, captures }) {
    const name = /unit file '([^']+)'|([\w@.-]+)\.service/.exec(line.text);
    const unit = captures.unit ?? name?.[1] ?? name?.[2] ?? "";
    return {
      holds: /prom|grafana|loki|alloy|exporter|alertmanager|cadvisor|thanos|agent/i.test(
        `${unit} ${line.text}`,
      ),
    };
  },
  says: ({ line, captures }) =>
    `systemd cannot read the unit ${captures.unit ?? /([\w@.-]+\.service)/.exec(line.text)?.[1] ?? ""}: ${/quoting/.test(line.text) ? "the quotes in ExecStart do not pair" : "a line of it is malformed (usually quotes inside quotes in ExecStart, written by a template)"}`,
  decideWith: "systemd-analyze verify /etc/systemd/system/UNIT.service",
  references: [
    "https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Command%20lines",
    "https://github.com/prometheus-community/ansible/issues/341",
  ],
  fix: () =>
    byHand(
      "Write each argument of ExecStart in one pair of quotes without such quotes inside (a list joined to one pattern instead of a dict), then systemctl daemon-reload",
      "In the unit or the variable the role renders it from",
      "systemd-analyze verify /etc/systemd/system/UNIT.service",
    ),
});
