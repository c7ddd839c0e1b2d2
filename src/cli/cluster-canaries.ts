// Canaries in a cluster: pods that say one line each, looked for in Loki, and taken away whatever happens.
import { randomBytes } from "node:crypto";
import type { ClusterPerch } from "../model/canary.ts";
import type { Stack } from "../model/stack.ts";
import type { ReadSession } from "../model/target.ts";
import { type CanaryPlan, canaryLabel, canaryPods } from "../stack/canary-pods.ts";
import { arrivedOf, canaryItem, type Flown } from "./canaries.ts";
import { type LokiDoor, lokisInCluster, type Sought, seekLine } from "./seek-line.ts";

const word = (bytes: number) => (): string => randomBytes(bytes).toString("hex");

/** Labels in which agents put the name of a pod, or a path that holds it. */
const podLabels = ["pod", "pod_name", "k8s_pod_name", "kubernetes_pod_name", "instance", "filename"] as const;

/** One flight per node with an agent. Never throws. */
export async function flyClusterCanaries(
  cluster: ClusterPerch,
  stack: Stack,
  tenant: Readonly<Record<string, string>>,
  session: ReadSession,
): Promise<readonly Flown[]> {
  const lokis = lokisInCluster(stack, cluster, tenant);
  const plans = canaryPods(stack, word(8), word(4));
  return await Promise.all(plans.map((plan) => fly(cluster, plan, lokis, session)));
}

async function fly(
  cluster: ClusterPerch,
  plan: CanaryPlan,
  lokis: readonly LokiDoor[],
  session: ReadSession,
): Promise<Flown> {
  const { node, agent, line, pod } = plan;
  session.progress({ target: cluster.name, doing: `sending a line from ${node}` });
  const told = ({ place, ...outcome }: Sought, ways: readonly string[]): Flown => ({
    item: canaryItem({ host: node, agent, line, ways, outcome }),
    ...arrivedOf({ host: node, line, outcome, place }),
  });
  try {
    const refused = await cluster.plant(pod, session);
    if (refused !== undefined) return told({ outcome: "not-written", because: refused }, []);
    const outcome = await seekLine(line, lokis, session, (labels) => isOf(pod.metadata.name, labels));
    return told(outcome, [`pod ${pod.metadata.namespace}/${pod.metadata.name}`]);
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return told({ outcome: "not-asked", because }, []);
  } finally {
    const unhurried: ReadSession = { ...session, signal: new AbortController().signal };
    await cluster.remove(pod.metadata, unhurried).catch(() => undefined);
  }
}

/** An agent that names pods names ours; of one that does not, the line itself is the proof. */
function isOf(pod: string, labels: Readonly<Record<string, string>>): boolean {
  const named = podLabels.flatMap((label) => labels[label] ?? []);
  return named.length === 0 || named.some((text) => text.includes(pod));
}

/** What a run that was killed left behind. */
export async function removeLeftCanaries(
  cluster: ClusterPerch,
  pods: readonly {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  }[],
  session: ReadSession,
): Promise<void> {
  const left = pods.flatMap(({ name, namespace, labels }) =>
    labels?.[canaryLabel] !== undefined && namespace !== undefined && name.startsWith("watchmend-canary-")
      ? [{ name, namespace }]
      : [],
  );
  await Promise.all(left.map((one) => cluster.remove(one, session).catch(() => undefined)));
}
