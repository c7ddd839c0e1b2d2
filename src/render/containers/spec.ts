// A container as data: what every component's spec has in common, and the mark that tells a changed spec from an unchanged one.
import { type ContainerMount, type ContainerSpec, ownerLabels } from "../../model/desired.ts";
import { given } from "../../model/given.ts";
import { listenAddress } from "../../model/reachability.ts";
import type { DeployedKind, StackComponent, StackFile, StackHost } from "../../model/stack-file.ts";
import { hostPort } from "../address.ts";
import { schemeOf } from "../find.ts";
import { hasDoor, webArgs } from "../protection.ts";
import { secretsFolder, secretsFor } from "../secrets.ts";
import { sha256 } from "../sha256.ts";

/** One component on one host. */
export interface Spot {
  readonly stack: StackFile;
  readonly host: StackHost;
  readonly component: StackComponent;
}

/** What a component says about its own container. */
export interface OwnSpec {
  readonly args: readonly string[];
  readonly mounts: readonly ContainerMount[];
  readonly readyPath: string;
  /** Where its configuration lies inside. */
  readonly configFolder?: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly user?: string;
  readonly pid?: "host";
  readonly usernsMode?: "host";
  readonly privileged?: boolean;
  readonly readOnlyRoot?: boolean;
  readonly capAdd?: readonly string[];
  readonly keepsCapabilities?: boolean;
  readonly devices?: readonly string[];
  readonly securityOpt?: readonly string[];
  readonly stopSeconds?: number;
  readonly reload?: ContainerSpec["reload"];
  readonly morePorts?: readonly number[];
  /** How its own validator is asked about its configuration folder. */
  readonly validate?: ContainerSpec["validate"];
}

export function containerSpec({ stack, host, component }: Spot, own: OwnSpec): ContainerSpec {
  const { kind } = component;
  const hasSecrets = secretsFor(stack, host, kind).length > 0;
  const keys = hasDoor(stack, kind) ? secretsPath(host, kind) : undefined;
  const address = hostPort(askedAt({ stack, host, component }), component.port);
  const secrets = hasSecrets ? [configMount(`${secretsPath(host, kind)}`, secretsFolder)] : [];
  const spec = given({
    name: containerName(stack, host, kind),
    component: kind,
    image: component.image,
    args: [...own.args, ...webArgs(stack, component, own.configFolder ?? ""), ...component.args],
    env: own.env ?? [],
    user: own.user,
    network: "host" as const,
    pid: own.pid,
    usernsMode: own.usernsMode,
    privileged: own.privileged,
    readOnlyRoot: own.readOnlyRoot,
    capDrop: own.privileged || own.keepsCapabilities ? [] : ["ALL"],
    capAdd: own.capAdd ?? [],
    devices: own.devices ?? [],
    securityOpt: own.privileged
      ? []
      : [...(own.keepsCapabilities ? [] : ["no-new-privileges:true"]), ...(own.securityOpt ?? [])],
    mounts: [...own.mounts, ...secrets],
    restart: "unless-stopped" as const,
    stopSeconds: own.stopSeconds ?? 10,
    memory: component.resources.memory,
    cpus: component.resources.cpus,
    logOptions: { "max-size": "10m", "max-file": "3" },
    ports: [component.port, ...(own.morePorts ?? [])],
    ready: given({ url: `${schemeOf(stack, kind)}://${address}${own.readyPath}`, keys }),
    reload: own.reload,
  });
  const labels = {
    [ownerLabels.owner]: "watchmend",
    [ownerLabels.stack]: stack.name,
    [ownerLabels.host]: host.name,
    [ownerLabels.component]: kind,
    ...(keys === undefined ? {} : { [ownerLabels.keys]: keys, [ownerLabels.scheme]: schemeOf(stack, kind) }),
  };
  return {
    ...spec,
    labels: { ...labels, [ownerLabels.spec]: sha256(JSON.stringify({ ...spec, labels })) },
    ...(own.validate ? { validate: own.validate } : {}),
  };
}

export function listenOf({ stack, host, component }: Spot): string {
  return listenAddress(stack, host, component.kind);
}

/** Where the host itself asks whether it is ready. */
function askedAt(spot: Spot): string {
  const listen = listenOf(spot);
  return listen === "0.0.0.0" || listen === "::" ? "127.0.0.1" : listen;
}

export function containerName(stack: StackFile, host: StackHost, kind: DeployedKind): string {
  return host.containerNames[kind] ?? `${stack.name}-${kind}`;
}

export function configPath(host: StackHost, kind: DeployedKind): string {
  return `${host.directory}/${kind}`;
}

/** Where the component's data lies on the host: a folder, or the name of a volume. */
export function statePath(host: StackHost, { kind, data }: StackComponent): string {
  return data ?? `${host.directory}/data/${kind}`;
}

export function secretsPath(host: StackHost, kind: DeployedKind): string {
  return `${host.directory}/secrets/${kind}`;
}

/** Our own folder, read-only. The folder and never a file: a file that is replaced stays the old one in the container. */
export function configMount(source: string, target: string): ContainerMount {
  return { source, target, readOnly: true, relabel: true };
}

/** A folder that was there before is not ours to relabel. */
export function stateMount({ host, component }: Spot, target: string): ContainerMount {
  const source = statePath(host, component);
  return component.data === undefined
    ? { source, target, readOnly: false, relabel: true }
    : { source, target, readOnly: false };
}

export function hostMount(path: string, target: string = path): ContainerMount {
  return { source: path, target, readOnly: true };
}

export function userOf({ component }: Spot): string {
  return `${component.uid}:${component.gid}`;
}

/** The engine's socket on the host. */
export function socketOf(host: StackHost): string {
  return host.runtime === "podman" ? "/run/podman/podman.sock" : "/var/run/docker.sock";
}
