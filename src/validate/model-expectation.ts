// The model as an expectation: everything that `watchmend.yaml` deploys, scrapes, follows and shows must be there.
import type { ExpectedTarget as DesiredTarget } from "../model/desired.ts";
import type { Expectation } from "../model/expectation.ts";
import type { DeployedKind, StackFile, StackHost } from "../model/stack-file.ts";

/** What rendering makes of the model, as far as it can be asked for by name. */
export interface Rendered {
  readonly targets: readonly DesiredTarget[];
  readonly datasources: readonly string[];
  readonly dashboards: readonly string[];
}

export function modelExpectation(stack: StackFile, source: string, rendered: Rendered): Expectation {
  const with_ = (...kinds: readonly DeployedKind[]): string[] =>
    stack.hosts
      .filter((host) => kinds.some((kind) => host.components.includes(kind)))
      .map(({ name }) => name);
  const hasGrafana = stack.components.some(({ kind }) => kind === "grafana");
  return {
    from: "model",
    source,
    parts: stack.hosts.flatMap(({ name, components }) =>
      components.map((kind) => ({ kind: kind === "prometheus-agent" ? "prometheus" : kind, host: name })),
    ),
    targets: rendered.targets.map(({ job, instance, way }) => ({
      job,
      instance,
      ...(way === "push" ? { way } : {}),
    })),
    measured: with_("node-exporter"),
    logging: with_("alloy", "promtail"),
    logSources: logSources(stack),
    absences: [...stack.hosts.flatMap(absence), ...rendered.targets.flatMap((one) => optional(one, stack))],
    datasources: hasGrafana ? rendered.datasources : [],
    dashboards: hasGrafana ? rendered.dashboards : [],
  };
}

/** The agents give every source a job of its own, under both agents the same. */
function logSources(stack: StackFile): string[] {
  const { docker, journal, files } = stack.logs;
  const isFollowed = stack.hosts.some(({ components }) =>
    components.some((kind) => kind === "alloy" || kind === "promtail"),
  );
  if (!isFollowed) return [];
  const jobs = [
    ...(docker ? ["docker"] : []),
    ...(journal ? ["systemd-journal"] : []),
    ...files.filter(({ hosts }) => hosts.length > 0).map(({ name }) => name),
  ];
  return jobs.map((job) => `job=${job}`);
}

function absence({ name, absence: declared }: StackHost): Expectation["absences"] {
  return declared?.kind === "sleeping"
    ? [{ name, because: declared.reason ?? "it may be switched off" }]
    : [];
}

/** What is probed is judged by its alerts; a sleeping host's targets sleep with it. */
function optional(
  { optional: isOptional, instance, host }: DesiredTarget,
  stack: StackFile,
): Expectation["absences"] {
  if (!isOptional) return [];
  const reason = stack.hosts.find(({ name }) => name === host)?.absence?.reason;
  return [
    {
      name: instance,
      because: reason ?? (host ? `${host} may be switched off` : "it is probed, and may fail"),
    },
  ];
}
