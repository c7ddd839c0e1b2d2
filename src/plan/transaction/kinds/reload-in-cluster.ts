// Pods are told over their own door to read their files again, until they run with what was written: the kubelet brings it late.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { ClusterDoor } from "../../../model/door.ts";
import { itemsOf, numberOf, textOf, valueAt } from "../../../model/json-value.ts";
import type { Step } from "../../../model/plan.ts";
import { clusterOf, lockOf } from "../cluster/object-change.ts";
import { ask, isFine } from "../cluster/request.ts";
import { findWorkload, podsOf, type Workload, workloadPath } from "../cluster/workload.ts";
import type { ActContext, Gate, Look } from "../step-kind.ts";
import { deletePodsByHand } from "./restart-workload.ts";

type ReloadStep = Extract<Step, { readonly do: "reload" }>;

interface Door {
  readonly port: number;
  /** Answers that show what is running: configuration and rules. */
  readonly shows: readonly string[];
  readonly isOpen: (args: readonly string[]) => boolean;
}

const doorsOf: Readonly<Record<string, Door>> = {
  prometheus: {
    port: 9090,
    shows: ["/api/v1/status/config", "/api/v1/rules"],
    isOpen: (args) => args.some((word) => /^--web\.enable-lifecycle(?:=true)?$/.test(word)),
  },
  alertmanager: { port: 9093, shows: ["/api/v2/status"], isOpen: () => true },
};

export const podsReloadImage = z.strictObject({
  at: z.literal("pods"),
  context: z.string(),
  component: z.string(),
  kind: z.enum(["Deployment", "StatefulSet", "DaemonSet"]),
  namespace: z.string(),
  name: z.string(),
  port: z.int(),
  prefix: z.string(),
  /** What each pod ran with, as a hash. */
  ran: z.record(z.string(), z.string()),
});
export type PodsReloadImage = z.infer<typeof podsReloadImage>;

/** Undefined where the program has no such door, or its files come by a way that never changes under a running pod. */
export async function lookAtPods(
  door: ClusterDoor,
  { component, what }: ReloadStep,
): Promise<Look<PodsReloadImage> | undefined> {
  const known = doorsOf[component];
  if (!known) return undefined;
  const workload = await findWorkload(door, what.name, what.namespace);
  const container = containerOf(workload, component);
  const args = itemsOf(valueAt(container, "args")).map(String);
  const mounts = itemsOf(valueAt(container, "volumeMounts"));
  if (!container || !known.isOpen(args) || mounts.some((one) => textOf(valueAt(one, "subPath"))))
    return undefined;
  const port = numberOf(valueAt(itemsOf(valueAt(container, "ports"))[0], "containerPort")) ?? known.port;
  const prefix = prefixOf(args);
  const base = { context: door.context, component, port, prefix, namespace: workload.namespace };
  const pods = (await podsOf(door, workload)).filter(({ ending, ready }) => !ending && ready);
  if (pods.length === 0) return undefined;
  const ran: Record<string, string> = {};
  for (const { name } of pods) {
    const now = await runningOf(door, { ...base, component }, name);
    // A pod that does not answer cannot show that it has read anything: it is restarted.
    if (now === undefined) return undefined;
    ran[name] = now;
  }
  return {
    state: "change",
    subject: `${workload.kind} ${workload.namespace}/${workload.name}`,
    lock: lockOf(door, workload.namespace),
    before: "runs with the configuration it has read",
    after: "told to read its configuration (POST /-/reload)",
    fingerprint: "",
    image: () => ({ at: "pods", ...base, kind: workload.kind, name: workload.name, ran }),
  };
}

function containerOf({ object }: Workload, component: string): unknown {
  const all = itemsOf(valueAt(object, "spec", "template", "spec", "containers"));
  const named = all.find((one) => textOf(valueAt(one, "name")) === component);
  return named ?? all.find((one) => (textOf(valueAt(one, "image")) ?? "").includes(component));
}

function prefixOf(args: readonly string[]): string {
  const value = args.map((word) => /^--web\.route-prefix=(.+)$/.exec(word)?.[1]).find(Boolean) ?? "";
  return value.replace(/\/+$/, "");
}

type Addressed = Pick<PodsReloadImage, "component" | "namespace" | "port" | "prefix">;

function podPath({ namespace, port, prefix }: Addressed, pod: string, path: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}:${port}/proxy${prefix}${path}`;
}

/** Evaluation times and states change by themselves; what was loaded does not. */
async function runningOf(door: ClusterDoor, image: Addressed, pod: string): Promise<string | undefined> {
  const hash = createHash("sha256");
  for (const path of doorsOf[image.component]?.shows ?? []) {
    const answer = await ask(door, { method: "GET", path: podPath(image, pod, path) });
    if (!isFine(answer)) return undefined;
    hash.update(JSON.stringify(loadedOf(answer.object)));
  }
  return hash.digest("hex");
}

function loadedOf(answer: unknown): unknown {
  const groups = valueAt(answer, "data", "groups");
  if (!Array.isArray(groups)) return valueAt(answer, "data", "yaml") ?? valueAt(answer, "config", "original");
  return groups.map((group) => [
    valueAt(group, "file"),
    valueAt(group, "name"),
    itemsOf(valueAt(group, "rules")).map((rule) =>
      ["name", "query", "duration", "labels", "annotations"].map((key) => valueAt(rule, key)),
    ),
  ]);
}

async function tell(door: ClusterDoor, image: PodsReloadImage, pod: string): Promise<string | undefined> {
  const answer = await ask(door, { method: "POST", path: podPath(image, pod, "/-/reload") });
  if (isFine(answer)) return undefined;
  return String(answer.object.message ?? `status ${answer.status}`).slice(0, 300);
}

export async function actOnPods(image: PodsReloadImage, context: ActContext): Promise<void> {
  const door = clusterOf(context, image.context);
  for (const pod of Object.keys(image.ran)) await tell(door, image, pod);
}

/** The kubelet brings a changed ConfigMap within a minute or so; until then the old text is read. */
export async function podsGate(image: PodsReloadImage, context: ActContext): Promise<Gate> {
  const door = clusterOf(context, image.context);
  const subject = `${image.kind} ${image.namespace}/${image.name}`;
  for (const [pod, was] of Object.entries(image.ran)) {
    const refusal = await tell(door, image, pod);
    if (refusal !== undefined) return { state: "failing", says: `${subject}: ${pod} refuses it: ${refusal}` };
    if ((await runningOf(door, image, pod)) === was)
      return { state: "waiting", says: `${subject}: ${pod} still runs with what it had read before` };
  }
  return { state: "ready", says: `${subject} runs with the new configuration` };
}

const putBackMs = 120_000;

/** Until it runs again with what it had. */
export async function undoOnPods(image: PodsReloadImage, context: ActContext): Promise<void> {
  const door = clusterOf(context, image.context);
  const until = Date.now() + putBackMs;
  for (const [pod, was] of Object.entries(image.ran)) {
    for (;;) {
      context.signal?.throwIfAborted();
      await tell(door, image, pod);
      const now = await runningOf(door, image, pod);
      // A pod that is gone was made anew with the files as they are.
      if (now === undefined || now === was) break;
      if (Date.now() > until)
        throw new Error(
          `${pod} has not read the configuration that was put back: ${workloadPath(image.kind, image.namespace, image.name)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
  }
}

export function podsByHand({ namespace, kind, name }: PodsReloadImage): string[] {
  return ["# so that it reads what was put back", ...deletePodsByHand(kind, namespace, name)];
}
