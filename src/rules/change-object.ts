// Changes of Kubernetes objects as fixes: the manifest by byte range, the same fields of the live object by a JSON patch.
import { isRecord, pointerStep, valueAt } from "../model/json-value.ts";
import type { KubernetesObject } from "../model/kubernetes.ts";
import type { DocumentEdit, Step } from "../model/plan.ts";
import type { Path } from "../stack/setting.ts";

export interface ObjectName {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface ObjectFacts {
  readonly "kubernetes.objects"?: readonly KubernetesObject[];
}

type Patch = Extract<Step, { do: "patch-object" }>["patch"];

/** All sights of one object: its manifests and the living one. A namespace that is not written is any. */
export function objectsNamed(
  facts: ObjectFacts,
  { kind, namespace, name }: ObjectName,
): readonly KubernetesObject[] {
  return (facts["kubernetes.objects"] ?? []).filter(
    (object) =>
      object.kind === kind &&
      object.name === name &&
      (namespace === undefined || object.namespace === undefined || object.namespace === namespace),
  );
}

/** A step for every place where the object stands and the edits change something. */
export function changeObject(
  facts: ObjectFacts,
  which: ObjectName,
  title: string,
  edits: (value: Readonly<Record<string, unknown>>) => readonly DocumentEdit[],
): readonly Step[] {
  const done = new Set<string>();
  return objectsNamed(facts, which).flatMap((object): Step[] => {
    const wanted = edits(object.value);
    if (wanted.length === 0) return [];
    const key = object.origin === "live" ? "live" : `${object.at.source}:${object.at.line}`;
    if (done.has(key)) return [];
    done.add(key);
    if (object.origin !== "live") return [{ do: "edit-document", title, file: object.at, edits: wanted }];
    const { namespace } = object;
    return [
      {
        do: "patch-object",
        title,
        kind: object.kind,
        ...(namespace === undefined ? {} : { namespace }),
        name: object.name,
        patch: wanted.flatMap((edit) => patchOf(object.value, edit)),
      },
    ];
  });
}

/** The edit as operations that test what they replace. */
export function patchOf(value: unknown, { op, path, value: wanted }: DocumentEdit): Patch {
  const stands = valueAt(value, ...path);
  if (op === "remove") {
    return stands === undefined
      ? []
      : [
          { op: "test", path: pointer(path), value: stands },
          { op: "remove", path: pointer(path) },
        ];
  }
  if (op === "append")
    return Array.isArray(stands)
      ? [{ op: "add", path: `${pointer(path)}/-`, value: wanted }]
      : addMissing(value, path, [wanted]);
  if (stands === undefined) return addMissing(value, path, wanted);
  return [
    { op: "test", path: pointer(path), value: stands },
    { op: "replace", path: pointer(path), value: wanted },
  ];
}

/** What is missing on the way is made with it. */
function addMissing(value: unknown, path: Path, wanted: unknown): Patch {
  const depth = path.findIndex((_, i) => valueAt(value, ...path.slice(0, i + 1)) === undefined);
  const at = depth < 0 ? path.length - 1 : depth;
  const inner = path.slice(at + 1).reduceRight<unknown>((below, key) => ({ [key]: below }), wanted);
  return [{ op: "add", path: pointer(path.slice(0, at + 1)), value: inner }];
}

function pointer(path: Path): string {
  return path.map((key) => `/${pointerStep(key)}`).join("");
}

/** Where the containers of an object's pods stand. */
export function containersAt(value: unknown): Path {
  if (isRecord(valueAt(value, "spec", "template", "spec"))) return ["spec", "template", "spec", "containers"];
  if (isRecord(valueAt(value, "spec", "jobTemplate")))
    return ["spec", "jobTemplate", "spec", "template", "spec", "containers"];
  return ["spec", "containers"];
}

/** Path of the container of that name; of the only one when none is named. */
export function containerAt(value: unknown, name: string | undefined): Path | undefined {
  const base = containersAt(value);
  const list = valueAt(value, ...base);
  if (!Array.isArray(list)) return undefined;
  const index = list.findIndex((one) => valueAt(one, "name") === name);
  if (index >= 0) return [...base, index];
  return name === undefined && list.length === 1 ? [...base, 0] : undefined;
}

/** One pod instead of several. */
export function runOne(facts: ObjectFacts, which: ObjectName | undefined, title: string): readonly Step[] {
  if (!which) return [];
  return changeObject(facts, which, title, (value) => {
    const stands = valueAt(value, "spec", "replicas");
    return typeof stands === "number" && stands > 1
      ? [{ op: "replace", path: ["spec", "replicas"], value: 1, expect: stands }]
      : [];
  });
}
