// Ansible's mark for "leave this out" that was written into a file.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

const mark = "__omit_place_holder__";

export const rule = defineRule({
  id: "host/ansible-placeholder-left",
  title: "A rendered file contains Ansible's omit placeholder as text",
  why: "`default(omit)` works only as the value of a module's argument. Inside a template or a text it becomes `__omit_place_holder__` and a checksum: titles, queries and labels carry it, and nothing matches them.",
  severity: "warning",
  component: "host",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  decideWith: `grep -rn ${mark} DEPLOYED_FILES`,
  references: [
    "https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_filters.html#making-variables-optional",
  ],
  check({ "config.documents": documents }) {
    return documents.flatMap((document): FindingDraft[] => {
      const index = document.text.indexOf(mark);
      if (index < 0) return [];
      const line = (document.startLine ?? 1) + document.text.slice(0, index).split("\n").length - 1;
      const file = document.embeddedIn?.key ?? document.path ?? document.at.source;
      const count = document.text.split(mark).length - 1;
      return [
        {
          subject: { kind: "file", id: file },
          says: `${file} contains Ansible's omit placeholder (${mark}…) ${count === 1 ? "once" : `${count} times`}: default(omit) was used inside a template`,
          proof: [{ source: document.at.source, line }],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Use default('') or an {% if %} in the template, and render again",
      "In the template",
      undefined,
      "safe",
    ),
});
