// The gate of a deployment: data arrives, or the host that keeps it from arriving is put back.
import { setTimeout as pause } from "node:timers/promises";
import type { Batch, GateVerdict } from "../model/deployment.ts";
import type { ExpectedTarget } from "../model/desired.ts";
import type { StackHost } from "../model/stack-file.ts";
import { deployedKinds } from "../model/stack-file.ts";
import type { RolloutOptions } from "../plan/deploy/course.ts";
import { phaseOf } from "../plan/deploy/host-part.ts";
import { evidenceVerdict } from "./deploy-gate-evidence.ts";
import { datasourceFaults } from "./deploy-gate-grafana.ts";
import { reachFaults } from "./deploy-gate-reach.ts";
import { sampledTargets } from "./deploy-gate-samples.ts";
import type { RolloutChoice } from "./deploy-options.ts";
import type { Deployment, Seen } from "./deployment.ts";
import { note } from "./output.ts";

export interface GateOptions extends RolloutChoice {
  readonly quiet?: boolean;
  readonly color: boolean;
}

/** What the gate looks for after a batch. */
export interface GateCourse {
  readonly deployment: Deployment;
  readonly options: GateOptions;
  readonly signal: AbortSignal;
  /** Hosts whose data must arrive. */
  readonly scope: ReadonlySet<string>;
  readonly out: ReadonlySet<string>;
  readonly until: number;
}

/** The first sample is there within a scrape's interval, a new log line after a second: what takes longer is asked less and less. */
const shortestMs = 300;
const longestMs = 2_000;
const growth = 1.4;
const reachMs = 20_000;

export function dataGate(
  deployment: Deployment,
  { plan }: Seen,
  options: GateOptions,
  signal: AbortSignal,
): RolloutOptions["gate"] {
  const serversCome = plan.batches.some(({ phase }) => phase === "servers");
  return async (batch, hosts, out) => {
    if (batch.prunes) return undefined;
    const scope = new Set(batch.phase === "servers" ? deployment.stack.hosts.map(({ name }) => name) : hosts);
    for (const name of out) scope.delete(name);
    const course: GateCourse = {
      deployment,
      options,
      signal,
      scope,
      out,
      until: Date.now() + options.wait * 1000,
    };
    return batch.phase === "agents" && serversCome ? await reachable(course) : await arrives(course, batch);
  };
}

/** The servers do not know these agents yet: what can be seen is whether they will reach them. */
async function reachable(course: GateCourse): Promise<GateVerdict | undefined> {
  const { deployment, scope } = course;
  const targets = deployment.desired.targets.filter(
    ({ host, way, job }) =>
      way === "pull" && host !== undefined && scope.has(host) && phaseOf(job) === "agents" && isOurs(job),
  );
  const server = serverHost(deployment, "prometheus");
  if (!server || course.out.has(server.name) || targets.length === 0) return undefined;
  // They are ready on their own host by now: a way that is closed does not open by waiting.
  const soon = { ...course, until: Math.min(course.until, Date.now() + reachMs) };
  const faults = await patiently(
    soon,
    () => reachFaults(deployment, server, targets),
    (found) => found.map(({ says }) => says),
  );
  return verdictOf(
    faults.map(({ target, says }) => ({ host: target.host ?? "", says })),
    [
      `${targets.length - faults.length} of ${targets.length} new targets answer when ${server.name} asks them`,
    ],
    [],
  );
}

async function arrives(course: GateCourse, batch: Batch): Promise<GateVerdict | undefined> {
  const { deployment, scope } = course;
  const server = serverHost(deployment, "prometheus");
  if (!server || course.out.has(server.name)) return undefined;
  // Loki's and Grafana's own host may come after Prometheus' one: then this is not the last batch.
  const wanted = deployment.desired.targets.filter(
    ({ optional, host, job }) =>
      !optional && (host === undefined || scope.has(host)) && (isOurs(job) || batch.phase === "servers"),
  );
  const begun = Date.now();
  const isMine = ({ job }: ExpectedTarget): boolean => isOurs(job);
  const samples = await patiently(
    course,
    () => sampledTargets(deployment, server, wanted, begun),
    (found) => found.filter(({ fresh, target }) => !fresh && isMine(target)).map(({ says }) => says),
  );
  const late = samples.filter(({ fresh }) => !fresh);
  const own = late.filter(({ target }) => isMine(target)).map(({ host, says }) => ({ host, says }));
  const foreign = late.filter(({ target }) => !isMine(target)).map(({ says }) => says);
  const says = [`${samples.length - late.length} of ${wanted.length} expected targets have fresh samples`];
  const grafana = serverHost(deployment, "grafana");
  const sources =
    grafana && !course.out.has(grafana.name) && scope.has(grafana.name)
      ? await patiently(
          course,
          () => datasourceFaults(deployment, grafana),
          (found) => found.faults,
        )
      : { faults: [], answers: 0 };
  if (sources.answers > 0) says.push(`${sources.answers} data sources of Grafana answer`);
  const evidence = await evidenceVerdict(course, own.length + sources.faults.length > 0);
  return {
    ...verdictOf(
      [
        ...own,
        ...sources.faults.map((fault) => ({ host: grafana?.name ?? "", says: fault })),
        ...evidence.blamed,
      ],
      [...says, ...evidence.says],
      [...foreign.map((one) => `${one} (not deployed by this stack)`), ...evidence.others],
    ),
    ...(evidence.diagnosis.length > 0 ? { diagnosis: evidence.diagnosis } : {}),
  };
}

/** Asks until nothing is open any more or the time is up. */
async function patiently<T>(
  { until, signal, options }: GateCourse,
  look: () => Promise<T>,
  open: (found: T) => readonly string[],
): Promise<T> {
  let said = "";
  for (let asked = 0; ; asked++) {
    const found = await look();
    const left = open(found);
    const next = Math.min(shortestMs * growth ** asked, longestMs);
    if (left.length === 0 || Date.now() + next > until || signal.aborted) return found;
    const text = `${left.length} open: ${left[0] ?? ""}`;
    if (text !== said)
      note(options, `waiting for data (${Math.round((until - Date.now()) / 1000)} s left), ${text}`);
    said = text;
    await pause(next, undefined, { signal }).catch(() => undefined);
  }
}

export function isOurs(job: string): boolean {
  return deployedKinds.some((kind) => kind === job);
}

export function serverHost({ stack, hosts }: Deployment, kind: string): StackHost | undefined {
  const name = stack.components.find((one) => one.kind === kind)?.host;
  return hosts.find((host) => host.name === name);
}

function verdictOf(
  faults: readonly { readonly host: string; readonly says: string }[],
  says: readonly string[],
  others: readonly string[],
): GateVerdict {
  const blamed: Record<string, string[]> = {};
  for (const { host, says: fault } of faults) blamed[host] = [...(blamed[host] ?? []), fault];
  return { ok: faults.length === 0, says, blamed, others };
}
