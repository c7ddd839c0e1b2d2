// The play ends while it renders a template: a variable or fact is not there.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "host/ansible-variable-undefined",
  title:
    "Ansible ends because a template uses a variable or fact that is not defined, so the component is not installed",
  why: "A role renders the unit or configuration from variables and facts. A variable nobody set, a fact that was not gathered (gather_facts: false, a subset, a role that expects package_facts), or a role newer than the inventory leaves it undefined; the play stops at that task and what stands on the host is of the run before.",
  severity: "critical",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "AnsibleUndefinedVariable: {what*}",
    "The task includes an option with an undefined variable. The error was: {what*}",
    "Error while resolving value for {key*}: {what*} is undefined",
  ],
  confirm({ lines }) {
    return { holds: lines.some(({ text }) => /fatal:|FAILED|exception occurred|undefined/i.test(text)) };
  },
  says: ({ line, captures }) => {
    const what = (captures.what ?? "").replace(/["}\s.]+$/, "").slice(0, 160);
    const fact = /has no attribute '?(\w+)/.exec(line.text)?.[1];
    return `The play ends with an undefined variable: ${what}${fact && /dict object/.test(line.text) ? `; ${fact} is missing in the collected facts or in the variable` : ""}. What follows (unit, configuration, start) was not done`;
  },
  rivals: [
    {
      rule: "host/ansible-placeholder-left",
      tellApart: "there the play goes through and writes a placeholder into the file",
    },
  ],
  decideWith: "ansible-playbook PLAYBOOK --limit HOST -vvv --start-at-task 'TASK'",
  references: [
    "https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html",
    "https://github.com/prometheus-community/ansible/issues/452",
  ],
  fix: () =>
    byHand(
      "Define the variable, or gather the fact the role needs before it (gather_facts: true, ansible.builtin.package_facts, ansible.builtin.service_facts), or take the release of the role that fits the inventory",
      "In the playbook",
      undefined,
      "safe",
    ),
});
