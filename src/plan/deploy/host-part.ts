// One host's desired state taken apart: what belongs to its agents, what to its servers, and the record of both.

import { z } from "zod";
import { type HostRecord, hostRecordSchema, type Phase } from "../../model/deployment.ts";
import { type DesiredHost, type HostMember, ownerLabels } from "../../model/desired.ts";
import { agentKinds, type DeployedKind } from "../../model/stack-file.ts";
import { sha256 } from "../backup.ts";

const agents: ReadonlySet<string> = new Set(agentKinds);

export function phaseOf(kind: DeployedKind | string): Phase {
  return agents.has(kind) ? "agents" : "servers";
}

/** Files that no component reads go with the last phase the host has. */
export function partOf(host: DesiredHost, phase: Phase): DesiredHost {
  const last: Phase = host.containers.some(({ component }) => phaseOf(component) === "servers")
    ? "servers"
    : "agents";
  const mine = (readBy: DeployedKind | undefined): boolean =>
    readBy === undefined ? phase === last : phaseOf(readBy) === phase;
  const files = host.files.filter(({ readBy }) => mine(readBy));
  const secrets = host.secrets.filter(({ readBy }) => mine(readBy));
  const containers = host.containers.filter(({ component }) => phaseOf(component) === phase);
  const needed = [
    ...files.map(({ path }) => path),
    ...secrets.map(({ path }) => path),
    ...containers.flatMap(({ mounts }) => mounts.map(({ source }) => `${source}/`)),
  ];
  const directories = host.directories.filter(({ path }) => needed.some((one) => one.startsWith(`${path}/`)));
  return { ...host, directories, files, secrets, containers };
}

export function isEmpty({ files, containers }: DesiredHost): boolean {
  return files.length === 0 && containers.length === 0;
}

export function recordPath(directory: string, phase: Phase): string {
  return `${directory}/.watchmend/${phase}.json`;
}

type Members = Readonly<Record<string, HostMember>>;

/** Members stand in the record of Prometheus' own host; those that have left are kept in mind until they are clean. */
export function recordOf(stack: string, part: DesiredHost, left: Members = {}): HostRecord {
  const sorted = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
    Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    schema: hostRecordSchema,
    stack,
    ...(part.members === undefined || !part.containers.some(({ component }) => component === "prometheus")
      ? {}
      : { members: sorted(Object.entries({ ...left, ...part.members })) }),
    ...(part.secrets.length === 0 ? {} : { secrets: part.secrets.map(({ path }) => path).sort() }),
    files: sorted(part.files.map(({ path, content }) => [path, sha256(Buffer.from(content))])),
    containers: sorted(part.containers.map(({ name, labels }) => [name, labels[ownerLabels.spec] ?? ""])),
    read: sorted(part.containers.map(({ component }) => [component, configHash(part, component)])),
  };
}

/** Of what the component has to be told to read. */
export function configHash({ files }: DesiredHost, component: DeployedKind): string {
  const own = files.filter(({ readBy, change }) => readBy === component && change !== "none");
  return sha256(Buffer.from(JSON.stringify(own.map(({ path, content }) => [path, content]))));
}

export function recordText(record: HostRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Hosts of the last apply that the model does not have any more. One that goes on under another name has not left. */
export function leftMembers({ members }: DesiredHost, record: HostRecord | undefined): Members {
  if (members === undefined) return {};
  const addresses = new Set(Object.values(members).map(({ address }) => address));
  return Object.fromEntries(
    Object.entries(record?.members ?? {}).filter(
      ([name, { address }]) => members[name] === undefined && !addresses.has(address),
    ),
  );
}

const texts = z.record(z.string(), z.string());
const word = z.string().optional();
const member = z.union([
  z.string().transform((address) => ({ address })),
  z.object({
    address: z.string(),
    directory: word,
    runtime: z.enum(["docker", "podman", "kubernetes"]).optional(),
    user: word,
    port: z.int().optional(),
    key: word,
    jump: word,
  }),
]);
const hostRecord = z.object({
  schema: z.literal(hostRecordSchema),
  stack: z.string(),
  members: z.record(z.string(), member).optional(),
  secrets: z.array(z.string()).optional(),
  files: texts,
  containers: texts,
  read: texts,
});

export type RecordReading =
  | { readonly is: "none" }
  | { readonly is: "read"; readonly record: HostRecord }
  | { readonly is: "damaged"; readonly because: string };

/** An empty or cut one is as bad as a wrong one: nobody knows any more what was put there. */
export function readRecord(text: string, isThere: boolean): RecordReading {
  if (!isThere) return { is: "none" };
  if (text.trim() === "") return { is: "damaged", because: "it is empty" };
  try {
    const read = hostRecord.safeParse(JSON.parse(text));
    if (read.success) return { is: "read", record: read.data };
    const [issue] = read.error.issues;
    return { is: "damaged", because: `${issue?.path.join(".") || "it"}: ${issue?.message ?? "no record"}` };
  } catch (error) {
    return { is: "damaged", because: error instanceof Error ? error.message : String(error) };
  }
}
