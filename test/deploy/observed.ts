// A host as it stands after its part of a stack was put there: what the comparison is fed in tests.

import { phases } from "../../src/model/deployment.ts";
import { type ContainerSpec, type DesiredHost, ownerLabels } from "../../src/model/desired.ts";
import type { StackFile } from "../../src/model/stack-file.ts";
import { sha256 } from "../../src/plan/backup.ts";
import type { CompareWish } from "../../src/plan/deploy/compare-wish.ts";
import { bytesOf } from "../../src/plan/deploy/container-fields.ts";
import { isEmpty, partOf, recordOf, recordPath, recordText } from "../../src/plan/deploy/host-part.ts";
import type { Observed } from "../../src/plan/deploy/observe.ts";
import { salted } from "../../src/plan/salted.ts";
import { createWords } from "../../src/plan/transaction/create-words.ts";
import type { PathFact } from "../../src/plan/transaction/host-paths.ts";
import { renderStack } from "../../src/render/render-stack.ts";

const salt = "salt";
const changed = 1_000;
export const startedAt = "2026-01-01T00:00:00Z";

export function inspectOf(spec: ContainerSpec): Record<string, unknown> {
  const words = createWords(spec, spec.name);
  const binds = words.flatMap((word, i) => (words[i - 1] === "--volume" ? [word] : []));
  return {
    Id: sha256(spec.name + JSON.stringify(spec.labels)),
    Name: `/${spec.name}`,
    State: { Running: true, Status: "running", StartedAt: startedAt },
    Config: {
      Image: spec.image,
      Cmd: [...spec.args],
      Env: [...spec.env.map(({ name, value }) => `${name}=${value}`), "PATH=/bin"],
      User: spec.user ?? "image-user",
      Labels: { ...spec.labels },
    },
    HostConfig: {
      NetworkMode: spec.network,
      PidMode: spec.pid ?? "",
      UsernsMode: spec.usernsMode ?? "",
      Privileged: spec.privileged ?? false,
      ReadonlyRootfs: spec.readOnlyRoot ?? false,
      CapDrop: spec.capDrop.length === 0 ? null : spec.capDrop,
      CapAdd: spec.capAdd.length === 0 ? null : spec.capAdd.map((name) => `CAP_${name}`),
      Devices: spec.devices.map((path) => ({ PathOnHost: path })),
      Binds: binds,
      RestartPolicy: { Name: spec.restart },
      Memory: spec.memory === undefined ? 0 : bytesOf(spec.memory),
      NanoCpus: (spec.cpus ?? 0) * 1e9,
    },
    Mounts: spec.mounts.map(({ source, target, readOnly }) => ({
      Source: source,
      Destination: target,
      RW: !readOnly,
    })),
  };
}

export function standing(stack: StackFile, desired: DesiredHost, directory: string): Observed {
  const facts = new Map<string, PathFact>();
  const put = (
    path: string,
    is: PathFact["is"],
    owner: { uid: number; gid: number; mode: number },
    hash?: string,
  ): void => {
    facts.set(path, { is, ...owner, bytes: 1, changed, ...(hash === undefined ? {} : { sha256: hash }) });
  };
  for (const one of desired.directories)
    put(one.path, "folder", { uid: one.uid, gid: one.gid, mode: one.mode });
  for (const { path, content, uid, gid, mode } of desired.files)
    put(path, "file", { uid, gid, mode }, sha256(Buffer.from(content)));
  for (const { path, uid, gid, mode } of desired.secrets)
    put(path, "file", { uid, gid, mode }, salted(salt, `value of ${path}`));
  const records: Record<string, ReturnType<typeof recordOf>> = {};
  for (const phase of phases) {
    const part = partOf(desired, phase);
    if (isEmpty(part)) continue;
    const record = recordOf(stack.name, part);
    records[phase] = record;
    put(
      recordPath(directory, phase),
      "file",
      { uid: 0, gid: 0, mode: 0o644 },
      sha256(Buffer.from(recordText(record))),
    );
  }
  return {
    host: desired.name,
    isRoot: true,
    facts,
    salt,
    damaged: {},
    sharedWith: [],
    records,
    containers: desired.containers.map(inspectOf),
    contents: new Map(desired.files.map(({ path, content }) => [path, content])),
    images: new Set(),
  };
}

export function wishes(stack: StackFile): readonly CompareWish[] {
  return renderStack(stack).hosts.map((desired) => {
    const host = stack.hosts.find(({ name }) => name === desired.name);
    const directory = host?.directory ?? "";
    return {
      stack: stack.name,
      directory,
      desired,
      observed: standing(stack, desired, directory),
      adopt: new Set<string>(),
      secrets: new Map(desired.secrets.map(({ path }) => [path, { value: `value of ${path}` }])),
      scrapeSeconds: 15,
    };
  });
}

/** The same model asked of a host that stands as another model wanted it. */
export function moved(before: StackFile, after: StackFile): readonly CompareWish[] {
  const old = new Map(wishes(before).map((wish) => [wish.desired.name, wish.observed]));
  return wishes(after).map((wish) => {
    const observed = old.get(wish.desired.name);
    return observed ? { ...wish, observed } : wish;
  });
}

export { ownerLabels };
