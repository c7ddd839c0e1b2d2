// The configuration is rendered from a variable that a later task sets.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord, itemsOf, textOf } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";

interface Step {
  readonly template?: string;
  readonly sets: readonly string[];
  readonly include?: string;
  readonly name: string;
  readonly document: ConfigDocument;
  readonly order: number;
}

export const rule = defineRule({
  id: "prometheus/rendered-before-targets",
  title:
    "A template is rendered before the task that sets its targets: the file lacks them, or the play fails as undefined",
  why: "Ansible runs tasks in their order. A template that uses a fact of a later set_fact (or register) sees the value of an earlier run, its default, or nothing. With a default the play succeeds and prometheus.yml has no targets of the other hosts; the second run looks right.",
  severity: "warning",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  needs: ["config.documents"],
  decideWith: "ansible-playbook --list-tasks SITE.yml",
  references: ["https://docs.ansible.com/ansible/latest/collections/ansible/builtin/set_fact_module.html"],
  check({ "config.documents": documents }) {
    const plays = documents.filter(({ kind, value }) => kind === "ansible-playbook" && value !== undefined);
    const included = new Set(
      plays.flatMap((document) => steps(document, plays, 0, true).flatMap(({ include }) => include ?? [])),
    );
    const roots = plays.filter((document) => ![...included].some((name) => isFile(document, name)));
    return roots.flatMap((root): FindingDraft[] => {
      const run = steps(root, plays, 0, false);
      return run.flatMap((step, index): FindingDraft[] => {
        const template = step.template && documents.find((document) => isFile(document, step.template ?? ""));
        if (!template || !step.template) return [];
        const late = run.slice(index + 1).find(({ sets }) => sets.some((name) => uses(template.text, name)));
        const name = late?.sets.find((variable) => uses(template.text, variable));
        const isSetBefore = run.slice(0, index).some(({ sets }) => name !== undefined && sets.includes(name));
        if (!late || !name || isSetBefore) return [];
        return [
          {
            subject: { kind: "file", id: step.template },
            says: `${step.template} is rendered by "${step.name}" before "${late.name}" sets ${name}, which it uses: the rendered file lacks what ${name} holds`,
            proof: [
              placeIn(step.document, step.template),
              placeIn(late.document, name),
              placeIn(template, name),
            ],
            certainty: "proven",
          },
        ];
      });
    });
  },
  fix: () =>
    byHand(
      "Move the task that sets the variable in front of the one that renders the template (or render at the end of the play)",
      "In the playbook or role",
      undefined,
      "safe",
    ),
});

const maxDepth = 6;

/** Tasks in the order in which they run; includes are followed where the file is here, unless `flat`. */
function steps(
  document: ConfigDocument,
  all: readonly ConfigDocument[],
  depth: number,
  flat: boolean,
): Step[] {
  if (depth > maxDepth) return [];
  const found: Step[] = [];
  const visit = (list: unknown, level: number): void => {
    if (level > maxDepth) return;
    for (const task of itemsOf(list)) {
      if (!isRecord(task)) continue;
      for (const key of ["pre_tasks", "tasks", "block", "post_tasks"]) visit(task[key], level + 1);
      const step = read(task, document, found.length);
      if (step) found.push(step);
      const file =
        step?.include && !flat
          ? all.find((other) => other !== document && isFile(other, step.include ?? ""))
          : undefined;
      if (file) found.push(...steps(file, all, depth + 1, flat));
    }
  };
  visit(document.value, 0);
  return found;
}

function read(task: Record<string, unknown>, document: ConfigDocument, order: number): Step | undefined {
  const name = textOf(task.name) ?? "a task";
  for (const [key, args] of Object.entries(task)) {
    const module = key.split(".").at(-1);
    const base = { name, document, order, sets: [] };
    if (module === "template" && isRecord(args))
      return { ...base, template: (textOf(args.src) ?? "").split("/").at(-1) ?? "" };
    if (module === "set_fact" && isRecord(args))
      return { ...base, sets: Object.keys(args).filter((variable) => variable !== "cacheable") };
    if (/^(?:include_tasks|import_tasks|include)$/.test(module ?? ""))
      return { ...base, include: textOf(args) ?? (isRecord(args) ? textOf(args.file) : undefined) ?? "" };
  }
  const register = textOf(task.register);
  return register ? { name, document, order, sets: [register] } : undefined;
}

function isFile(document: ConfigDocument, name: string): boolean {
  return (
    name !== "" &&
    (document.at.source === name || document.at.source.endsWith(`/${name.replace(/^\.\//, "")}`))
  );
}

/** The variable stands in an expression of the template, not as a part of another word. */
function uses(text: string, name: string): boolean {
  return new RegExp(`\\{[{%][^}]{0,300}\\b${name.replace(/[^\w]/g, "")}\\b`).test(text.slice(0, 500_000));
}

function placeIn(document: ConfigDocument, word: string) {
  const line = document.text.split("\n").findIndex((text) => text.includes(word));
  return { source: document.at.source, line: (document.startLine ?? 1) + Math.max(line, 0) };
}
