// Two hosts as a deployment finds them: everything in order, each answer recorded in the words of the real tools.
import { firstSight } from "../../../src/diagnose/first-sight.ts";
import type {
  HostAnswer,
  HostSight,
  ImageArchive,
  Preflight,
  PreflightResult,
  TriedConnection,
} from "../../../src/model/preflight.ts";
import { plannedConnections } from "../../../src/plan/preflight/connections.ts";
import { preflightChecks } from "../../../src/plan/preflight/registry.ts";
import { looksOf, runChecks } from "../../../src/plan/preflight/run-checks.ts";
import { renderStack } from "../../../src/render/render-stack.ts";
import { firstLook } from "../../../src/targets/host/first-look.ts";
import { stackOf } from "../../render/stack.ts";

export const model = `schema: watchmend.stack/v1
name: demo
hosts:
  mon: {address: 10.0.0.1, roles: [server]}
  app: {address: 10.0.0.2, ssh: {user: ops, port: 2222}}
components: {grafana: {enabled: false}, alertmanager: {enabled: false}}
`;

export type Texts = Readonly<Record<string, string | Exclude<HostAnswer, { text: string }> | undefined>>;

const healthy: Texts = {
  whoami: "uid=1000(ops) gid=1000(ops) groups=1000(ops),27(sudo)\n",
  uname: "Linux app 6.1.0-18-amd64 #1 SMP Debian x86_64 GNU/Linux\n",
  "engine-version":
    "Client:\n Version:           28.3.2\n API version:       1.51\n\nServer:\n Engine:\n  Version:          28.3.2\n  API version:      1.51 (minimum version 1.24)\n",
  "engine-info":
    "Client:\n Version:    28.3.2\n\nServer:\n Server Version: 28.3.2\n Storage Driver: overlay2\n Cgroup Driver: systemd\n Cgroup Version: 2\n Docker Root Dir: /var/lib/docker\n",
  containers: "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n",
  sockets:
    'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\ntcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*     users:(("sshd",pid=612,fd=3))\n',
  iptables: "*filter\n:INPUT ACCEPT [10:600]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [9:500]\nCOMMIT\n",
  disks:
    "Filesystem     1024-blocks     Used Available Capacity Mounted on\n/dev/vda1         51474912 10474912  38000000      22% /\n",
  inodes:
    "Filesystem      Inodes  IUsed   IFree IUse% Mounted on\n/dev/vda1      3276800 120000 3156800    4% /\n",
  cgroups: "cgroup2fs\n",
  "port-processes": "",
  "port-containers": "",
  "data-folders": "stat: cannot statx '/opt/monitoring': No such file or directory\n",
  "data-content": "",
};

const addresses: Readonly<Record<string, string>> = { mon: "10.0.0.1", app: "10.0.0.2" };

function textsOf(host: string): Texts {
  return {
    ...healthy,
    addresses: `2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP\n    inet ${addresses[host]}/24 brd 10.0.0.255 scope global eth0\n`,
    identity: `machine ${(host === "mon" ? "a" : "b").repeat(32)}\nlink 52:54:00:00:00:0${addresses[host]?.at(-1)}\n`,
    "images-wanted": [0, 1, 2, 3, 4, 5].map((i) => `${i} present sha256:00 amd64`).join("\n"),
  };
}

export interface World {
  readonly model?: string;
  /** Instead of the healthy answers; undefined: the host has nothing to say to it. */
  readonly mon?: Texts;
  readonly app?: Texts;
  readonly sights?: Readonly<
    Record<string, Partial<Extract<HostSight, { reached: true }>> | Extract<HostSight, { reached: false }>>
  >;
  readonly tried?:
    | ((one: TriedConnection) => {
        readonly [Key in keyof TriedConnection]?: TriedConnection[Key] | undefined;
      })
    | undefined;
  readonly archives?: readonly ImageArchive[];
  readonly acceptUnknown?: boolean;
}

export function judged(world: World = {}): Preflight {
  const stack = stackOf(world.model ?? model);
  const looks = looksOf(preflightChecks);
  const commands = new Map(
    [...firstLook, dataFolders].map((one) => [one.id, one.text.replace(/\{\w+\} ?/g, "docker ")]),
  );
  const items = stack.hosts.flatMap(({ name }) => {
    const own = { ...textsOf(name), ...world[name === "mon" ? "mon" : "app"] };
    return Object.entries(own).flatMap(([id, text]) => {
      const command = commands.get(id)?.replace(/^docker (?!version|info|ps)/, "");
      if (typeof text !== "string" || command === undefined || !(looks.has(id) || id === "data-folders"))
        return [];
      return [{ locator: `${name}: ${command}`, how: "ssh", command, host: name, body: Buffer.from(text) }];
    });
  });
  const sights = new Map(stack.hosts.map(({ name }) => [name, sightOf(name, world)]));
  const connections = plannedConnections(stack).map((one): TriedConnection => {
    const tried: TriedConnection = {
      ...one,
      end: "connected",
      detail: "connected",
      listener: "own",
      source: `${one.from}: connections`,
    };
    return { ...tried, ...world.tried?.(tried) } as TriedConnection;
  });
  return runChecks(
    preflightChecks,
    {
      stack,
      desired: renderStack(stack),
      sights,
      facts: firstSight(items).facts,
      connections,
      archives: world.archives ?? [],
    },
    { version: "0.0.0", acceptUnknown: world.acceptUnknown ?? false },
  );
}

const dataFolders = { id: "data-folders", text: "stat -L -c '%u:%g %a %F %i %n' /opt" };

function sightOf(name: string, world: World): HostSight {
  const given = world.sights?.[name];
  if (given && "reached" in given && given.reached === false) return given;
  const own = { ...textsOf(name), ...world[name === "mon" ? "mon" : "app"] };
  const answers = new Map(
    Object.entries(own).flatMap(([id, text]): [string, HostAnswer][] =>
      text === undefined ? [] : [[id, typeof text === "string" ? { text, source: `${name}: ${id}` } : text]],
    ),
  );
  return {
    reached: true,
    rights: { root: "sudo", engine: "sudo -n docker" },
    clock: { offset: 0.1, doubt: 0.1 },
    ...given,
    answers,
  } as HostSight;
}

/** What is not ok, as `host check state`. */
export function loud(world: World): string[] {
  return told(world).map(({ host, check, state }) => `${host} ${check} ${state}`);
}

export function told(world: World): readonly PreflightResult[] {
  return judged(world).results.filter(({ state }) => state !== "ok");
}
