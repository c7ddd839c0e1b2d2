// An init script that starts nothing until somebody says so, and reports success.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/init-script-not-enabled",
  title: "The init script starts nothing because /etc/default does not allow it (START is not yes)",
  why: "Init scripts of old packages and roles read /etc/default/NAME and leave with success when START is not yes. systemd then shows active (exited): green, and no process.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    'set the "START" variable to "yes"',
    "Please configure {name} and then edit /etc/default/{file}",
    "is disabled in /etc/default/{file}",
  ],
  says: ({ lines }) => {
    const file = lines
      .map(({ text }) => /\/etc\/default\/([\w-]+)/.exec(text)?.[1])
      .find((found) => found !== undefined);
    return `The init script left without starting anything: set START="yes" in /etc/default/${file ?? "NAME"} (active (exited) shows no running process)`;
  },
  decideWith: "cat /etc/default/NAME; systemctl status NAME; pgrep -a NAME",
  references: ["https://github.com/William-Yeh/ansible-prometheus/issues/39"],
  fix: () =>
    byHand(
      'Set START="yes" in /etc/default/NAME and restart the service, or replace the init script by a systemd unit',
      "On the host",
      "systemctl restart NAME",
    ),
});
