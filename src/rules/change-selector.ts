// A Service's selector and the labels of the pods it is meant for, brought together.
import type { Facts } from "../model/facts.ts";
import type { DocumentEdit, Step } from "../model/plan.ts";
import { textAt, valueAt } from "../stack/config-value.ts";
import { changeObject, type ObjectFacts } from "./change-object.ts";

type Needed = ObjectFacts & Partial<Pick<Facts, "kubernetes.workloads">>;

/** The Service selects what the workload itself selects: labels that its pods have for as long as it lives. */
export function pointSelectorAt(facts: Needed, service: string, owner: string | undefined): readonly Step[] {
  const { namespace, name } = splitName(service);
  const all = (facts["kubernetes.workloads"] ?? []).filter(
    (one) =>
      one.name === owner &&
      (namespace === undefined || one.namespace === undefined || one.namespace === namespace),
  );
  const wanted = all.find(({ selector }) => selector)?.selector;
  if (!wanted || Object.keys(wanted).length === 0) return [];
  return changeObject(
    facts,
    { kind: "Service", namespace, name },
    `Let Service ${name} select ${owner}`,
    (value) => {
      const stands = valueAt(value, "spec", "selector");
      const wrong = Object.keys(stands ?? {}).filter((key) => wanted[key] === undefined);
      return [
        ...Object.entries(wanted).flatMap(([key, label]): DocumentEdit[] =>
          textAt(stands, key) === label ? [] : [{ op: "set", path: ["spec", "selector", key], value: label }],
        ),
        ...wrong.map((key): DocumentEdit => ({ op: "remove", path: ["spec", "selector", key] })),
      ];
    },
  );
}

/** The pods get the labels that their own workload selects; its selector cannot be changed. */
export function labelTemplateAsSelected(facts: ObjectFacts, id: string): readonly Step[] {
  const [kind = "", name = ""] = id.split(" ");
  return changeObject(facts, { kind, name }, `Label the pods of ${name} as it selects them`, (value) => {
    const wanted = valueAt(value, "spec", "selector", "matchLabels") ?? {};
    return Object.entries(wanted).flatMap(([key, label]): DocumentEdit[] => {
      const path = ["spec", "template", "metadata", "labels", key];
      return valueAt(value, ...path) === label ? [] : [{ op: "set", path, value: label }];
    });
  });
}

/** `namespace/name`, or the name alone. */
export function splitName(id: string): { readonly namespace: string | undefined; readonly name: string } {
  const slash = id.indexOf("/");
  return slash < 0
    ? { namespace: undefined, name: id }
    : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}
