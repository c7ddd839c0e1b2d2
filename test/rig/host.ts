// A host of the rig: its own kernel namespaces, Debian with systemd in them, sshd, and a Docker engine of its own.
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { ImagePart } from "./parts/images.ts";
import type { CommandOptions, Ran } from "./process/command.ts";
import { run as command } from "./process/command.ts";
import { cacheRoot, rigRoot } from "./process/paths.ts";
import { until } from "./process/wait.ts";
import { makeCgroups } from "./world/cgroups.ts";
import { enableUnit, type Layer, makeOwnedFolder, type Placed, place } from "./world/files.ts";
import { type HostRecord, type Run, reloadNames, saveRun } from "./world/run.ts";
import { launch, runIn } from "./world/space.ts";

export type Bind = { readonly from: string; readonly to: string; readonly readOnly?: boolean };

export type HostSpec = {
  readonly name: string;
  /** In 10.77.0.0/24. */
  readonly address: string;
  /** Systemd units that run on it. */
  readonly units: readonly string[];
  readonly files?: readonly Placed[];
  readonly binds?: readonly Bind[];
  /** Folders that must lie on a real file system. */
  readonly disks?: readonly string[];
};

export type Host = {
  readonly name: string;
  readonly address: string;
  readonly run: (argv: readonly string[], options?: CommandOptions) => Promise<Ran>;
  /** A shell script run as root on the host. */
  readonly sh: (script: string, options?: CommandOptions) => Promise<string>;
  readonly docker: (...words: string[]) => Promise<string>;
  /** Loads an image into the host's Docker once and returns its name. */
  readonly image: (part: ImagePart) => Promise<string>;
  readonly write: (path: string, text: string, mode?: string) => Promise<void>;
};

export const dockerHost = (name: string, address: string): HostSpec => ({
  name,
  address,
  units: ["ssh.service", "docker.service", "containerd.service"],
});

const partsInHost = "/opt/parts";
const users = [
  { home: "/root", uid: 0 },
  { home: "/home/ops", uid: 1000 },
  { home: "/home/admin", uid: 1001 },
  { home: "/home/guest", uid: 1002 },
];

const placeIdentity = async (run: Run, spec: HostSpec, layer: Layer): Promise<void> => {
  place(layer, { path: "/etc/hostname", text: `${spec.name}\n` });
  place(layer, { path: "/etc/machine-id", text: `${randomBytes(16).toString("hex")}\n`, mode: 0o444 });
  place(layer, { path: "/etc/hosts", text: `127.0.0.1 localhost\n${spec.address} ${spec.name}\n` });
  place(layer, { path: "/etc/resolv.conf", text: readFileSync(join(run.dir, "resolv.conf"), "utf8") });
  const operatorKey = readFileSync(join(run.dir, "ssh", "id_ed25519.pub"), "utf8");
  for (const { home, uid } of users) {
    makeOwnedFolder(layer, `${home}/.ssh`, 0o700, uid);
    place(layer, { path: `${home}/.ssh/authorized_keys`, text: operatorKey, mode: 0o600, uid });
  }
  const hostKey = join(run.dir, "hosts", spec.name, "ssh_host_ed25519_key");
  await command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", spec.name, "-f", hostKey]);
  const publicKey = readFileSync(`${hostKey}.pub`, "utf8");
  place(layer, { path: "/etc/ssh/ssh_host_ed25519_key", text: readFileSync(hostKey, "utf8"), mode: 0o600 });
  place(layer, { path: "/etc/ssh/ssh_host_ed25519_key.pub", text: publicKey });
  const known = `${spec.name},${spec.address} ${publicKey.split(" ").slice(0, 2).join(" ")}\n`;
  await runIn(run.operator, ["sh", "-c", "cat >>~/.ssh/known_hosts"], { input: known });
};

const prepare = async (run: Run, spec: HostSpec, dir: string): Promise<void> => {
  const layer: Layer = { upper: join(dir, "upper"), base: run.base };
  mkdirSync(join(dir, "work"), { recursive: true });
  mkdirSync(layer.upper, { recursive: true });
  await placeIdentity(run, spec, layer);
  for (const file of spec.files ?? []) place(layer, file);
  for (const unit of spec.units) enableUnit(layer, unit);
  const disks = ["/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", ...(spec.disks ?? [])];
  const lines = disks.map((path) => {
    const from = join(dir, "disk", path);
    mkdirSync(from, { recursive: true, mode: 0o711 });
    return `${from}\t${path}\trw`;
  });
  const binds = [{ from: cacheRoot, to: partsInHost, readOnly: true }, ...(spec.binds ?? [])];
  for (const bind of binds) lines.push(`${bind.from}\t${bind.to}\t${bind.readOnly === true ? "ro" : "rw"}`);
  writeFileSync(join(dir, "binds"), `${lines.join("\n")}\n`);
};

const connect = async (run: Run, spec: HostSpec, host: HostRecord): Promise<void> => {
  const link = `veth-${spec.name}`.slice(0, 15);
  // Only the network is entered, so that the host's process is found under the pid it has on the machine.
  const ip = (words: string) =>
    command(["nsenter", `--target=${run.operator.pid}`, "--net", "ip", ...words.split(" ")]);
  await ip(`link add ${link} type veth peer name eth0 netns ${host.space.pid}`);
  await ip(`link set ${link} master hosts0 up`);
  const up = [
    `ip addr add ${spec.address}/24 dev eth0`,
    "ip link set eth0 up",
    "ip route add default via 10.77.0.1",
  ];
  await runIn(host.space, ["sh", "-ec", up.join("\n")]);
};

export const hostOf = (name: string, record: HostRecord): Host => {
  const loaded = new Map<string, Promise<string>>();
  const onHost: Host["run"] = (argv, options) => runIn(record.space, argv, options);
  const load = async (part: ImagePart): Promise<string> => {
    const has = await onHost(["docker", "image", "inspect", part.ref], { allowFailure: true });
    if (has.code !== 0)
      await onHost(["docker", "load", "-i", join(partsInHost, relative(cacheRoot, part.archive()))]);
    return part.ref;
  };
  return {
    name,
    address: record.address,
    run: onHost,
    sh: async (script, options) =>
      (await onHost(["bash", "-eo", "pipefail", "-c", script], options)).stdout.trim(),
    docker: async (...words) => (await onHost(["docker", ...words])).stdout.trim(),
    image: (part) => {
      const begun = loaded.get(part.ref) ?? load(part);
      loaded.set(part.ref, begun);
      return begun;
    },
    write: async (path, text, mode = "644") => {
      const script = `mkdir -p "$(dirname '${path}')" && cat >'${path}' && chmod ${mode} '${path}'`;
      await onHost(["sh", "-ec", script], { input: text });
    },
  };
};

const waitForUnits = (host: Host, units: readonly string[]): Promise<void> =>
  until(
    `${host.name}: ${units.join(", ")} to be active`,
    async () => {
      const states = await host.run(["systemctl", "is-active", ...units], { allowFailure: true });
      if (states.code !== 0)
        throw new Error(states.stdout.trim().replaceAll("\n", ", ") || states.stderr.trim());
    },
    { timeoutMs: 90_000 },
  );

export const startHost = async (run: Run, spec: HostSpec): Promise<Host> => {
  const dir = join(run.dir, "hosts", spec.name);
  mkdirSync(dir, { recursive: true });
  await prepare(run, spec, dir);
  const join0 = makeCgroups(run.id, spec.name).map((file) => `echo 0 >${file}`);
  const boot = [join(rigRoot, "world", "boot-host.sh"), dir, run.base, spec.name];
  const unshare = [
    "unshare",
    "--mount",
    "--pid",
    "--net",
    "--uts",
    "--ipc",
    "--cgroup",
    "--fork",
    "--kill-child",
  ];
  const enter = [`--target=${run.operator.pid}`, "--mount", "--net", "--pid"];
  const space = await launch({
    name: `host ${spec.name}`,
    kind: "host",
    argv: [
      "sh",
      "-ec",
      `${join0.join("\n")}\nexec nsenter "$@"`,
      "sh",
      ...enter,
      "--",
      ...unshare,
      "--",
      "sh",
      ...boot,
    ],
    log: join(dir, "boot.log"),
    forks: 2,
    becomes: "systemd",
  });
  const record: HostRecord = { space, address: spec.address };
  run.hosts[spec.name] = record;
  saveRun(run);
  await connect(run, spec, record);
  await reloadNames(run);
  const host = hostOf(spec.name, record);
  await waitForUnits(host, spec.units);
  return host;
};
