// In which order hosts take their turn: agents before servers, one canary alone, then so many at a time.
import type { Batch, HostPlan, Phase } from "../../model/deployment.ts";
import { phases } from "../../model/deployment.ts";
import type { DeployedKind, StackFile } from "../../model/stack-file.ts";

export function batchesOf(stack: StackFile, plans: readonly HostPlan[], size: number): readonly Batch[] {
  return phases.flatMap((phase) => {
    const turn = plans.filter((plan) => plan.state === "changes" && plan.steps[phase].length > 0);
    const own = turn.flatMap(({ host, left }) => (left ? [] : [host]));
    const gone = turn.flatMap(({ host, left }) => (left ? [host] : []));
    if (phase === "servers") return serverBatches(stack, own);
    // Before the servers, which forget them: what could not be taken away must not be forgotten.
    return [
      ...agentBatches(stack, own, size),
      ...chunks(gone, size).map((part): Batch => ({ ...batch("agents", part, false), prunes: true })),
    ];
  });
}

/** The one that the model names, while it has something to do; else one that is no server, where a mistake costs least. */
function agentBatches(stack: StackFile, hosts: readonly string[], size: number): readonly Batch[] {
  const isServer = (name: string): boolean =>
    stack.hosts.find((host) => host.name === name)?.roles.includes("server") ?? false;
  const rank = (name: string): number => (name === stack.canary ? -1 : Number(isServer(name)));
  const [canary, ...rest] = hosts.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  if (canary === undefined) return [];
  return [
    batch("agents", [canary], rest.length > 0),
    ...chunks(rest, size).map((part) => batch("agents", part, false)),
  ];
}

/** One at a time: those that others send to and ask before those that ask them. */
function serverBatches(stack: StackFile, hosts: readonly string[]): readonly Batch[] {
  const rank = (name: string): number => {
    const own = stack.hosts.find((host) => host.name === name)?.components ?? [];
    const ranks = own.map((kind) => serverOrder.indexOf(kind)).filter((at) => at >= 0);
    return ranks.length === 0 ? serverOrder.length : Math.min(...ranks);
  };
  return hosts
    .toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((host) => batch("servers", [host], false));
}

/** Who is asked or sent to comes before who asks: Loki and Alertmanager, Prometheus, Grafana. */
export const serverOrder: readonly DeployedKind[] = [
  "loki",
  "alertmanager",
  "blackbox-exporter",
  "prometheus",
  "grafana",
];

function batch(phase: Phase, hosts: readonly string[], canary: boolean): Batch {
  return { phase, hosts, canary };
}

export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const width = Math.max(1, size);
  return Array.from({ length: Math.ceil(items.length / width) }, (_, i) =>
    items.slice(i * width, (i + 1) * width),
  );
}
