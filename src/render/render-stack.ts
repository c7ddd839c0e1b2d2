// The model to everything that should be there: pure, and the same for the same model.
import type {
  DesiredDirectory,
  DesiredFile,
  DesiredHost,
  DesiredSecret,
  DesiredState,
  HostMember,
} from "../model/desired.ts";
import type { StackComponent, StackFile, StackHost } from "../model/stack-file.ts";
import { composeFile } from "./compose.ts";
import { containersOf } from "./containers/index.ts";
import { secretsPath, statePath } from "./containers/spec.ts";
import { comment, hostFiles } from "./host-files.ts";
import { hostNotes } from "./notes.ts";
import { fileName } from "./prometheus/config.ts";
import { ruleTests } from "./prometheus/rule-tests.ts";
import { expectedTargets, targetJobs } from "./prometheus/targets.ts";
import { secretsFor } from "./secrets.ts";
import { yamlDocument } from "./to-yaml.ts";

export function renderStack(stack: StackFile): DesiredState {
  return {
    stack: stack.name,
    hosts: stack.hosts
      .filter((host) => host.runtime !== "kubernetes")
      .map((host) => desiredHost(stack, host)),
    clusters: [],
    extras: [...ruleTests(stack), ...httpDiscovery(stack)],
    targets: expectedTargets(stack),
  };
}

function desiredHost(stack: StackFile, host: StackHost): DesiredHost {
  const components = stack.components.filter((one) => host.components.includes(one.kind));
  const containers = containersOf(stack, host);
  const compose: DesiredFile = {
    path: `${host.directory}/compose.yaml`,
    content: yamlDocument(composeFile(stack, containers), comment),
    uid: 0,
    gid: 0,
    mode: 0o644,
    change: "none",
  };
  const files = [...hostFiles(stack, host, components), compose];
  const secrets = secretsOnHost(stack, host, components);
  const notes = hostNotes(stack, host);
  return {
    name: host.name,
    runtime: host.runtime,
    directories: directories(host, components, files, secrets),
    files,
    secrets,
    containers,
    ...(keepsMembers(stack, host) ? { members: membersOf(stack) } : {}),
    notes,
  };
}

/** One host knows all of them: that of Prometheus, which has them in its targets anyway. */
function keepsMembers({ components }: StackFile, { name }: StackHost): boolean {
  return components.some(({ kind, host }) => kind === "prometheus" && host === name);
}

function membersOf({ hosts }: StackFile): Readonly<Record<string, HostMember>> {
  return Object.fromEntries(
    hosts
      .filter(({ runtime }) => runtime !== "kubernetes")
      .map(({ name, address, directory, runtime, ssh }) => [name, { address, directory, runtime, ...ssh }]),
  );
}

function secretsOnHost(
  stack: StackFile,
  host: StackHost,
  components: readonly StackComponent[],
): readonly DesiredSecret[] {
  return components.flatMap(({ kind, uid, gid }) =>
    secretsFor(stack, host, kind).map(({ name, from, change }) => ({
      path: `${secretsPath(host, kind)}/${name}`,
      from,
      readBy: kind,
      change,
      uid,
      gid,
      mode: 0o400,
    })),
  );
}

/** Components that write, and so need a folder of their own that they own. */
const stateful: ReadonlySet<string> = new Set([
  "prometheus",
  "prometheus-agent",
  "alertmanager",
  "loki",
  "grafana",
  "alloy",
  "promtail",
]);

function directories(
  host: StackHost,
  components: readonly StackComponent[],
  files: readonly DesiredFile[],
  secrets: readonly DesiredSecret[],
): readonly DesiredDirectory[] {
  const parents = new Set<string>();
  for (const { path } of files) {
    for (let at = folderOf(path); at.length >= host.directory.length; at = folderOf(at)) parents.add(at);
  }
  const config = [...parents]
    .sort()
    .map((path): DesiredDirectory => ({ path, holds: "config", uid: 0, gid: 0, mode: 0o755 }));
  const states = components
    .filter((one) => stateful.has(one.kind) && statePath(host, one).startsWith("/"))
    .map(
      (one): DesiredDirectory => ({
        path: statePath(host, one),
        holds: "state",
        uid: one.uid,
        gid: one.gid,
        mode: 0o750,
      }),
    );
  const data: readonly DesiredDirectory[] =
    states.length === 0
      ? []
      : [{ path: `${host.directory}/data`, holds: "config", uid: 0, gid: 0, mode: 0o755 }];
  const readers = [...new Set(secrets.map((one) => one.readBy))];
  const locked = readers.flatMap((kind): readonly DesiredDirectory[] => {
    const { uid, gid } = components.find((one) => one.kind === kind) ?? { uid: 0, gid: 0 };
    return [{ path: secretsPath(host, kind), holds: "secrets", uid, gid, mode: 0o500 }];
  });
  const lockedRoot: readonly DesiredDirectory[] =
    locked.length === 0
      ? []
      : [{ path: `${host.directory}/secrets`, holds: "config", uid: 0, gid: 0, mode: 0o755 }];
  return [...config, ...data, ...states, ...lockedRoot, ...locked];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** What the http form of discovery answers, one file per job. */
function httpDiscovery(stack: StackFile): readonly { readonly path: string; readonly content: string }[] {
  if (stack.discovery.kind !== "http") return [];
  return targetJobs(stack).map(({ job, groups }) => ({
    path: `http_sd/${fileName(job)}.json`,
    content: `${JSON.stringify(groups, null, 2)}\n`,
  }));
}
