// The look at data that flows, while the targets are open: lines of our own where they were asked for, then Grafana.
import type { Facts } from "../model/facts.ts";
import type { Stack } from "../model/stack.ts";
import type { ReadSession, Target } from "../model/target.ts";
import { clusterPushes } from "../stack/log-routes.ts";
import { type Flown, flyCanaries, type Perches } from "./canaries.ts";
import { flyClusterCanaries, removeLeftCanaries } from "./cluster-canaries.ts";
import type { ValidateOptions } from "./commands/validate.ts";
import { grafanaDoors } from "./grafana-doors.ts";
import type { LoginHeader } from "./grafana-login.ts";
import { askGrafana } from "./grafana-look.ts";
import type { ThirdLook } from "./live.ts";
import { tenantHeaders } from "./seek-line.ts";

/** `onWaited`: told how long the lines were under way. */
export function flowLook(
  { canary, grafanaUrl }: ValidateOptions,
  login: LoginHeader | undefined,
  onWaited?: (milliseconds: number) => void,
): ThirdLook {
  return async (targets: readonly Target[], { stack, facts }, session: ReadSession) => {
    const hosts = targets.flatMap(({ perch }) => perch ?? []);
    const clusters = targets.flatMap(({ clusterPerch }) => clusterPerch ?? []);
    const sentAt = performance.now();
    const flown = canary ? await fly({ hosts, clusters }, stack, facts, session) : [];
    if (canary) onWaited?.(Math.round(performance.now() - sentAt));
    const doors = grafanaDoors(stack, {
      perches: hosts,
      clusters,
      ...(grafanaUrl === undefined ? {} : { url: grafanaUrl }),
      ...(login === undefined ? {} : { login }),
    });
    const sent = flown.flatMap(({ arrived }) => arrived ?? []);
    const shown = await Promise.all(doors.map((door) => askGrafana(door, sent, stack, session)));
    return [...flown.map(({ item }) => item), ...shown.flat()];
  };
}

async function fly(
  perches: Perches,
  stack: Stack,
  facts: Facts,
  session: ReadSession,
): Promise<readonly Flown[]> {
  const inClusters = perches.clusters.map(async (cluster) => {
    await removeLeftCanaries(cluster, facts["kubernetes.pods"], session);
    return await flyClusterCanaries(cluster, stack, tenantHeaders(clusterPushes(stack)), session);
  });
  return (await Promise.all([flyCanaries(perches, stack, session), ...inClusters])).flat();
}
