// A change of a few fields of one object: rehearsed by the server, guarded by what stands there, taken back field by field.
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { ClusterDoor } from "../../../model/door.ts";
import { valueAt } from "../../../model/json-value.ts";
import { quoteWord } from "../../../model/quote.ts";
import { sha256 } from "../../backup.ts";
import { Refused } from "../../edit/refusal.ts";
import { type BackupStore, storedRef } from "../backup-store.ts";
import { denyObjectChange } from "../deny-object.ts";
import type { LockTarget } from "../entry.ts";
import type { ActContext, Look, Standing } from "../step-kind.ts";
import { applyPatch, type Operation, operation, shown, touched } from "./json-patch.ts";
import { type Answer, ask, getObject, isFine, refusalOf } from "./request.ts";
import { objectPath, resourceOf } from "./resources.ts";
import { stripped } from "./strip.ts";

export const fieldManager = "watchmend";

export const objectImage = z.strictObject({
  at: z.literal("object"),
  context: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  path: z.string(),
  uid: z.string(),
  /** The whole object before, for a person. */
  object: storedRef,
  before: z.record(z.string(), z.unknown()),
  after: z.record(z.string(), z.unknown()),
  forward: z.array(operation),
  inverse: z.array(operation),
});
export type ObjectImage = z.infer<typeof objectImage>;

export interface ObjectName {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function subjectOf({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** Objects without a namespace share one lock. */
export function lockOf(door: ClusterDoor, namespace: string | undefined): LockTarget {
  return { kind: "namespace", context: door.context, namespace: namespace ?? "default" };
}

export interface ObjectWish extends ObjectName {
  readonly patch: readonly Operation[];
  /** How the change is shown; the touched fields when left out. */
  readonly texts?: { readonly before: string; readonly after: string };
}

export async function lookAtObject(door: ClusterDoor, wish: ObjectWish): Promise<Look<ObjectImage>> {
  const { kind, namespace, name, patch } = wish;
  const resource = await resourceOf(door, kind);
  const scope = resource.namespaced ? namespace : undefined;
  const path = objectPath(resource, scope, name);
  const subject = subjectOf(wish);
  const object = await getObject(door, path);
  if (!object) return { state: "refused", because: `there is no ${subject}` };
  const uid = valueAt(object, "metadata", "uid");
  if (typeof uid !== "string") return { state: "refused", because: `${subject} has no uid` };
  const patched = applyPatch(object, patch);
  const denied = denyObjectChange(wish, object, patched.object);
  if (denied !== undefined) return { state: "refused", because: denied };
  const before = touched(object, patch);
  if (isDeepStrictEqual(before, touched(patched.object, patch))) return { state: "already", subject };
  const trial = await send(door, path, patched.guarded, true);
  if (!isFine(trial)) return { state: "refused", because: `the API server refuses it: ${refusalOf(trial)}` };
  const after = touched(trial.object, patch);
  const inverse = inverseAgainst(trial.object, patched.inverse);
  // The way back is walked on what the server would store, before the first step is taken.
  if (!isDeepStrictEqual(touched(applyPatch(trial.object, inverse).object, patch), before))
    return { state: "refused", because: `${subject} could not be put back as it is` };
  return {
    state: "change",
    subject,
    lock: lockOf(door, scope),
    before: wish.texts?.before ?? fields(before),
    after: wish.texts?.after ?? fields(after),
    fingerprint: sha256(JSON.stringify(before)),
    image: (backup: BackupStore) => ({
      at: "object",
      context: door.context,
      kind,
      ...(scope === undefined ? {} : { namespace: scope }),
      name,
      path,
      uid,
      object: backup.put(
        `${kind}-${scope ?? ""}-${name}.json`,
        `${JSON.stringify(stripped(object), undefined, 2)}\n`,
      ),
      before,
      after,
      forward: [...patched.guarded],
      inverse,
    }),
  };
}

/** The server writes some values in its own way (`1024Mi` becomes `1Gi`): what is tested when undoing is what it wrote. */
function inverseAgainst(object: unknown, inverse: readonly Operation[]): Operation[] {
  return inverse.map((one) => {
    if (one.op !== "test") return one;
    const now = touched(object, [{ op: "replace", path: one.path }])[one.path];
    return now === undefined || now === null ? one : { ...one, value: now };
  });
}

function fields(values: Readonly<Record<string, unknown>>): string {
  return `${Object.entries(values)
    .map(([path, value]) => `${path.slice(1).replaceAll("/", ".")}: ${shown(value ?? undefined)}`)
    .join("\n")}\n`;
}

async function send(
  door: ClusterDoor,
  path: string,
  patch: readonly Operation[],
  dryRun: boolean,
): Promise<Answer> {
  const query = `?fieldManager=${fieldManager}${dryRun ? "&dryRun=All" : ""}`;
  return await ask(door, {
    method: "PATCH",
    path: `${path}${query}`,
    contentType: "application/json-patch+json",
    json: patch,
  });
}

/** Status updates of controllers move the version on all the time; fields that matter are tested one by one. */
const attempts = 5;

async function patchNow(
  door: ClusterDoor,
  { path, uid, forward }: Pick<ObjectImage, "path" | "uid" | "forward">,
  patch: readonly Operation[],
  expected: Readonly<Record<string, unknown>>,
): Promise<void> {
  let last: Answer | undefined;
  for (let i = 0; i < attempts; i++) {
    const object = await getObject(door, path);
    if (!object) throw new Refused("place-missing", "it is not there any more");
    if (valueAt(object, "metadata", "uid") !== uid) throw new Refused("place-changed", "it was made anew");
    // A field that was absent cannot be tested by the patch itself; the version pins what is seen here.
    if (!isDeepStrictEqual(touched(object, forward), expected))
      throw new Refused("place-changed", "somebody changed it at this moment");
    const version = valueAt(object, "metadata", "resourceVersion");
    const guard: Operation = { op: "test", path: "/metadata/resourceVersion", value: version };
    last = await send(door, path, [guard, ...patch], false);
    if (isFine(last)) return;
    if (last.status !== 409 && last.status !== 422) break;
    const now = await getObject(door, path);
    if (now && valueAt(now, "metadata", "resourceVersion") === version) break;
  }
  throw new Refused("place-changed", last ? refusalOf(last) : "it keeps changing");
}

export function clusterOf({ doors }: Pick<ActContext, "doors">, context: string): ClusterDoor {
  const { cluster } = doors;
  if (!cluster || cluster.context !== context)
    throw new Error(`there is no way to cluster ${context}: name it with --context`);
  return cluster;
}

export async function actOnObject(image: ObjectImage, context: ActContext): Promise<void> {
  await patchNow(clusterOf(context, image.context), image, image.forward, image.before);
}

export async function undoObject(image: ObjectImage, context: ActContext): Promise<void> {
  await patchNow(clusterOf(context, image.context), image, image.inverse, image.after);
}

export async function whereIsObject(image: ObjectImage, context: ActContext): Promise<Standing> {
  const object = await getObject(clusterOf(context, image.context), image.path);
  const subject = subjectOf(image);
  if (!object) return { is: "elsewhere", says: `${subject} is not there any more` };
  if (valueAt(object, "metadata", "uid") !== image.uid)
    return { is: "elsewhere", says: `${subject} was deleted and made anew since` };
  const now = touched(object, image.forward);
  if (isDeepStrictEqual(now, image.after)) return { is: "after" };
  if (isDeepStrictEqual(now, image.before)) return { is: "before" };
  return { is: "elsewhere", says: `${subject} was changed since:\n${difference(now, image.after)}` };
}

function difference(now: Record<string, unknown>, wanted: Record<string, unknown>): string {
  return Object.keys(wanted)
    .filter((path) => !isDeepStrictEqual(now[path], wanted[path]))
    .map((path) => `- ${path}: ${shown(wanted[path])}\n+ ${path}: ${shown(now[path])}`)
    .join("\n");
}

export function objectByHand({ kind, namespace, name, inverse, object }: ObjectImage): string[] {
  const scope = namespace === undefined ? "" : `-n ${quoteWord(namespace)} `;
  return [
    `# the whole object as it was: backup/${object.file}`,
    `kubectl ${scope}patch ${quoteWord(kind.toLowerCase())} ${quoteWord(name)} --type=json -p ${quoteWord(JSON.stringify(inverse))}`,
  ];
}
