// A file that is a key of an object (of a ConfigMap, mostly): its text is edited, and one field of the object changes.

import { isRecord, pointerStep, valueAt } from "../../../model/json-value.ts";
import type { LivePlace, Step } from "../../../model/plan.ts";
import { editStep } from "../../change-texts.ts";
import { lookAtObject, type ObjectImage } from "../cluster/object-change.ts";
import { getObject } from "../cluster/request.ts";
import { objectPath, resourceOf } from "../cluster/resources.ts";
import type { Look, LookContext } from "../step-kind.ts";

type EditStep = Extract<Step, { readonly do: "edit-document" | "replace-lines" }>;
export type ObjectPlace = Extract<LivePlace, { kind: "object-key" }>;

export async function lookAtKey(
  step: EditStep,
  place: ObjectPlace,
  context: LookContext,
): Promise<Look<ObjectImage>> {
  const { cluster } = context.doors;
  const { object: kind, namespace, name, key } = place;
  if (!cluster)
    return {
      state: "left",
      because: `there is no way to the cluster of ${kind} ${name}: name it with --context`,
    };
  const resource = await resourceOf(cluster, kind);
  const object = await getObject(cluster, objectPath(resource, namespace, name));
  const data = valueAt(object, "data");
  const stands = isRecord(data) ? data[key] : undefined;
  const subject = `${kind} ${namespace === undefined ? name : `${namespace}/${name}`} ${key}`;
  if (typeof stands !== "string") return { state: "refused", because: `${subject} is not there` };
  const before = context.pending?.get(subject) ?? stands;
  if (!context.originals.has(subject)) context.originals.set(subject, before);
  const result = editStep(step, before, context.originals.get(subject) ?? before);
  if (!result.ok)
    return {
      state: "refused",
      because: `${subject}${result.refusal.line === undefined ? "" : `:${result.refusal.line}`}: ${result.refusal.because}`,
    };
  if (!result.changed) return { state: "already", subject };
  context.pending?.set(subject, result.text);
  return await lookAtObject(cluster, {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    patch: [{ op: "replace", path: `/data/${pointerStep(key)}`, value: result.text }],
    texts: { before, after: result.text },
  });
}
