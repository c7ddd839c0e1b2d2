// The containers of one host as a compose file: for people who want to look, or to start it without watchmend.
import type { ContainerMount, ContainerSpec } from "../model/desired.ts";
import { given } from "../model/given.ts";
import type { StackFile } from "../model/stack-file.ts";

export function composeFile(
  stack: StackFile,
  containers: readonly ContainerSpec[],
): Readonly<Record<string, unknown>> {
  // Volumes that were there before: compose must not make new ones with its own prefix.
  const sources = containers.flatMap((one) => one.mounts.map((mount) => mount.source));
  const volumes = [...new Set(sources.filter((source) => !source.startsWith("/")))];
  return {
    name: stack.name,
    services: Object.fromEntries(containers.map((one) => [one.component, service(one)])),
    ...(volumes.length === 0
      ? {}
      : { volumes: Object.fromEntries(volumes.map((name) => [name, { external: true }])) }),
  };
}

function service(spec: ContainerSpec): Readonly<Record<string, unknown>> {
  return given({
    image: literal(spec.image),
    container_name: spec.name,
    command: orNothing(spec.args.map(literal)),
    environment: orNothing(spec.env.map(({ name, value }) => literal(`${name}=${value}`))),
    user: spec.user,
    network_mode: spec.network,
    pid: spec.pid,
    userns_mode: spec.usernsMode,
    privileged: spec.privileged,
    read_only: spec.readOnlyRoot,
    cap_drop: orNothing(spec.capDrop),
    cap_add: orNothing(spec.capAdd),
    devices: orNothing(spec.devices.map((device) => `${device}:${device}`)),
    security_opt: orNothing(spec.securityOpt),
    volumes: orNothing(spec.mounts.map((mount) => literal(mountText(mount)))),
    restart: spec.restart,
    stop_grace_period: `${spec.stopSeconds}s`,
    mem_limit: spec.memory,
    cpus: spec.cpus,
    logging: { driver: "json-file", options: spec.logOptions },
    labels: spec.labels,
  });
}

function orNothing<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Compose replaces `$NAME`; a dollar that means itself is written twice. */
function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** `source:target:options`, as `docker run -v` and the engine's API take it. */
export function mountText({ source, target, readOnly, propagation, relabel }: ContainerMount): string {
  const options = [readOnly ? "ro" : "", propagation ?? "", relabel ? "z" : ""].filter((one) => one !== "");
  return options.length === 0 ? `${source}:${target}` : `${source}:${target}:${options.join(",")}`;
}
