// The words after `docker create` for a container of a deployment: everything it is made from, and nothing the engine adds.
import type { ContainerMount, ContainerSpec } from "../../model/desired.ts";

export function createWords(spec: ContainerSpec, name: string): string[] {
  const each = (option: string, values: readonly string[]): string[] =>
    values.flatMap((value) => [option, value]);
  const given = (option: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`${option}=${value}`];
  return [
    ...["--name", name, `--network=${spec.network}`, `--restart=${spec.restart}`],
    ...given("--user", spec.user),
    ...given("--pid", spec.pid),
    ...given("--userns", spec.usernsMode),
    ...(spec.privileged ? ["--privileged"] : []),
    ...(spec.readOnlyRoot ? ["--read-only"] : []),
    ...each("--cap-drop", spec.capDrop),
    ...each("--cap-add", spec.capAdd),
    ...each("--device", spec.devices),
    ...each("--security-opt", spec.securityOpt),
    ...each("--volume", spec.mounts.map(mountWord)),
    ...each(
      "--env",
      spec.env.map((one) => `${one.name}=${one.value}`),
    ),
    ...each(
      "--label",
      Object.entries(spec.labels).map(([key, value]) => `${key}=${value}`),
    ),
    ...[
      "--log-driver=json-file",
      ...each(
        "--log-opt",
        Object.entries(spec.logOptions).map(([key, value]) => `${key}=${value}`),
      ),
    ],
    `--stop-timeout=${spec.stopSeconds}`,
    ...given("--memory", spec.memory),
    ...given("--cpus", spec.cpus),
    spec.image,
    ...spec.args,
  ];
}

export function mountWord({ source, target, readOnly, propagation, relabel }: ContainerMount): string {
  const options = [readOnly ? "ro" : "rw", propagation ?? "", relabel ? "z" : ""].filter((one) => one !== "");
  return `${source}:${target}:${options.join(",")}`;
}
