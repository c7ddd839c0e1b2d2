// Restarts pods: deleted one at a time so that their init containers run again, or rolled by their controller.
import { z } from "zod";
import type { ClusterDoor } from "../../../model/door.ts";
import { itemsOf, valueAt } from "../../../model/json-value.ts";
import { quoteWord } from "../../../model/quote.ts";
import { clusterOf, fieldManager, lockOf } from "../cluster/object-change.ts";
import { ask, getObject, isFine, refusalOf } from "../cluster/request.ts";
import {
  findWorkload,
  podsOf,
  type Workload,
  type WorkloadPod,
  wantedPods,
  workloadPath,
} from "../cluster/workload.ts";
import type { ActContext, Gate, Look, Standing } from "../step-kind.ts";

const annotation = "kubectl.kubernetes.io/restartedAt";

export const workloadImage = z.strictObject({
  at: z.literal("workload"),
  context: z.string(),
  kind: z.enum(["Deployment", "StatefulSet", "DaemonSet"]),
  namespace: z.string(),
  name: z.string(),
  /** Pods as they were; none of them may be left. */
  pods: z.array(z.strictObject({ name: z.string(), uid: z.string() })),
  /** How: the controller rolls them (the annotation before and after), or they are deleted one by one. */
  roll: z.strictObject({ before: z.string().optional(), after: z.string() }).optional(),
});
export type WorkloadImage = z.infer<typeof workloadImage>;

export async function lookAtWorkload(
  door: ClusterDoor,
  name: string,
  namespace: string | undefined,
): Promise<Look<WorkloadImage>> {
  const workload = await findWorkload(door, name, namespace);
  const pods = (await podsOf(door, workload)).filter((pod) => !pod.ending);
  const subject = `${workload.kind} ${workload.namespace}/${workload.name}`;
  if (pods.length === 0 && wantedPods(workload) === 0) return { state: "already", subject };
  const rolls = canRoll(workload, pods);
  const before = currentMark(workload);
  return {
    state: "change",
    subject,
    lock: lockOf(door, workload.namespace),
    before: pods.map((pod) => pod.name).join(", "),
    after: rolls ? "rolled by its controller" : "deleted one at a time, made anew by its controller",
    fingerprint: "",
    image: () => ({
      at: "workload",
      context: door.context,
      kind: workload.kind,
      namespace: workload.namespace,
      name: workload.name,
      pods: pods.map((pod) => ({ name: pod.name, uid: pod.uid })),
      ...(rolls
        ? {
            roll: {
              ...(before === undefined ? {} : { before }),
              after: new Date().toISOString().replace(/\.\d+/, ""),
            },
          }
        : {}),
    }),
  };
}

/**
 * A roll needs pods that are ready, or it waits for them for ever, and starts the new pod beside the old one, which a single
 * pod with its own data directory cannot bear. https://github.com/kubernetes/kubernetes/issues/67250
 */
function canRoll({ kind, object }: Workload, pods: readonly WorkloadPod[]): boolean {
  const strategy = valueAt(object, "spec", kind === "Deployment" ? "strategy" : "updateStrategy", "type");
  return pods.length > 1 && pods.every((pod) => pod.ready) && strategy === "RollingUpdate";
}

function currentMark({ object }: Workload): string | undefined {
  const value = valueAt(object, "spec", "template", "metadata", "annotations", annotation);
  return typeof value === "string" ? value : undefined;
}

export async function actOnWorkload(image: WorkloadImage, context: ActContext): Promise<void> {
  const door = clusterOf(context, image.context);
  if (image.roll) await mark(door, image, image.roll.after);
  else await deleteOneByOne(door, image, image.pods, context.signal);
}

async function mark(
  door: ClusterDoor,
  { kind, namespace, name }: WorkloadImage,
  value: string | null,
): Promise<void> {
  const answer = await ask(door, {
    method: "PATCH",
    path: `${workloadPath(kind, namespace, name)}?fieldManager=${fieldManager}`,
    contentType: "application/merge-patch+json",
    json: { spec: { template: { metadata: { annotations: { [annotation]: value } } } } },
  });
  if (!isFine(answer)) throw new Error(refusalOf(answer));
}

const replaceMs = 120_000;

/** Never forced, and never another pod than the one that was seen. The next goes only when the one before is back. */
async function deleteOneByOne(
  door: ClusterDoor,
  image: WorkloadImage,
  pods: readonly { readonly name: string; readonly uid: string }[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [i, { name, uid }] of pods.entries()) {
    signal?.throwIfAborted();
    const path = `/api/v1/namespaces/${encodeURIComponent(image.namespace)}/pods/${encodeURIComponent(name)}`;
    const answer = await ask(door, { method: "DELETE", path, json: { preconditions: { uid } } });
    if (!isFine(answer) && answer.status !== 404 && answer.status !== 409) throw new Error(refusalOf(answer));
    if (i === pods.length - 1) return;
    await untilBack(door, image, new Set(pods.slice(0, i + 1).map((pod) => pod.uid)), signal);
  }
}

async function untilBack(
  door: ClusterDoor,
  image: WorkloadImage,
  gone: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const until = Date.now() + replaceMs;
  for (;;) {
    signal?.throwIfAborted();
    const { workload, pods } = await now(door, image);
    const left = pods.filter((pod) => !gone.has(pod.uid));
    if (left.length >= wantedPods(workload)) {
      const fresh = left.filter((pod) => !image.pods.some(({ uid }) => uid === pod.uid));
      const failing = fresh.find((pod) => pod.failing);
      if (failing) throw new Error(`${failing.because}; the other pods were left as they are`);
      if (fresh.every((pod) => pod.ready)) return;
    }
    if (Date.now() > until)
      throw new Error(`${image.name}: a restarted pod does not come back; the others were left`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function now(
  door: ClusterDoor,
  { kind, namespace, name }: WorkloadImage,
): Promise<{ readonly workload: Workload; readonly pods: readonly WorkloadPod[] }> {
  const object = await getObject(door, workloadPath(kind, namespace, name));
  if (!object) throw new Error(`${kind} ${namespace}/${name} is not there any more`);
  const workload = { kind, namespace, name, object };
  return { workload, pods: await podsOf(door, workload) };
}

export async function whereIsWorkload(image: WorkloadImage, context: ActContext): Promise<Standing> {
  const { workload, pods } = await now(clusterOf(context, image.context), image);
  if (image.roll) {
    const stands = currentMark(workload);
    return { is: stands === image.roll.after ? "after" : "before" };
  }
  const old = pods.filter((pod) => !pod.ending && image.pods.some(({ uid }) => uid === pod.uid));
  if (old.length === 0) return { is: "after" };
  return { is: old.length === image.pods.length ? "before" : "between" };
}

/** What was put back is read by restarting again; a mark of ours is taken away, which rolls by itself. */
export async function undoWorkload(image: WorkloadImage, context: ActContext): Promise<void> {
  const door = clusterOf(context, image.context);
  if (image.roll) {
    await mark(door, image, image.roll.before ?? null);
    return;
  }
  const { pods } = await now(door, image);
  await deleteOneByOne(
    door,
    { ...image, pods: [] },
    pods.filter((pod) => !pod.ending),
    context.signal,
  );
}

export async function workloadGate(image: WorkloadImage, context: ActContext): Promise<Gate> {
  const { workload, pods } = await now(clusterOf(context, image.context), image);
  const subject = `${workload.kind} ${image.namespace}/${image.name}`;
  const fresh = pods.filter((pod) => !image.pods.some(({ uid }) => uid === pod.uid));
  const failing = fresh.find((pod) => pod.failing);
  if (failing) return { state: "failing", says: `${failing.because}` };
  const wanted = wantedPods(workload);
  const missing = wanted - fresh.length;
  if (pods.some((pod) => pod.ending))
    return { state: "waiting", says: `${subject}: the old pod is still ending` };
  if (missing > 0) {
    const why = itemsOf(valueAt(workload.object, "status", "conditions")).find(
      (one) => valueAt(one, "reason") === "FailedCreate",
    );
    const message = valueAt(why, "message");
    return {
      state: "waiting",
      says: `${subject}: ${missing} of ${wanted} pods not made yet${typeof message === "string" ? ` (${message})` : ""}`,
    };
  }
  const waiting = fresh.find((pod) => !pod.ready);
  if (waiting) return { state: "waiting", says: waiting.because };
  return { state: "ready", says: `${subject}: ${wanted} of ${wanted} pods ready` };
}

export function workloadByHand({ kind, namespace, name, roll, pods }: WorkloadImage): string[] {
  if (roll) {
    const value = {
      spec: { template: { metadata: { annotations: { [annotation]: roll.before ?? null } } } },
    };
    return [
      "# taking its mark away makes its controller roll it",
      `kubectl -n ${quoteWord(namespace)} patch ${kind.toLowerCase()} ${quoteWord(name)} --type=merge -p ${quoteWord(JSON.stringify(value))}`,
    ];
  }
  return [
    `# so that it reads what was put back; pods were ${pods.map((pod) => pod.name).join(", ")}`,
    ...deletePodsByHand(kind, namespace, name),
  ];
}

/** Its pods are made anew without a mark on the object, which would not be as it was then. */
export function deletePodsByHand(kind: string, namespace: string, name: string): string[] {
  const scope = `kubectl -n ${quoteWord(namespace)}`;
  const labels = "{{range $k, $v := .spec.selector.matchLabels}}{{$k}}={{$v}},{{end}}";
  return [
    `labels=$(${scope} get ${kind.toLowerCase()} ${quoteWord(name)} -o ${quoteWord(`go-template=${labels}`)})`,
    `[ -n "$labels" ] && ${scope} delete pods -l "$(printf %s "$labels" | sed 's/,$//')"`,
  ];
}
