// One run of the rig: its directory, its operator's namespaces, its hosts; and how runs of dead owners are cleared away.
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run as command } from "../process/command.ts";
import { type Alive, isAlive, self } from "../process/lock.ts";
import { rigRoot, runsRoot } from "../process/paths.ts";
import { say } from "../process/progress.ts";
import { until } from "../process/wait.ts";
import { removeCgroups } from "./cgroups.ts";
import { endSpace, entering, launch, runIn, type Space } from "./space.ts";

export const operatorAddress = "10.77.0.1";

export type HostRecord = { readonly space: Space; readonly address: string };

export type Run = {
  readonly id: string;
  readonly dir: string;
  /** Debian's root file system, the base of every host. */
  readonly base: string;
  /** A kept run lives until it is taken down; any other dies with the process that made it. */
  readonly kept: boolean;
  readonly owner: Alive;
  readonly operator: Space;
  readonly hosts: Record<string, HostRecord>;
};

const recordFile = (dir: string): string => join(dir, "run.json");

export const saveRun = (run: Run): void => {
  const file = recordFile(run.dir);
  writeFileSync(`${file}.new`, JSON.stringify(run, null, 2));
  renameSync(`${file}.new`, file);
};

const readRun = (id: string): Run | undefined => {
  try {
    return JSON.parse(readFileSync(recordFile(join(runsRoot, id)), "utf8")) as Run;
  } catch {
    return undefined;
  }
};

export const allRuns = (): { id: string; run: Run | undefined }[] =>
  existsSync(runsRoot) ? readdirSync(runsRoot).map((id) => ({ id, run: readRun(id) })) : [];

export const isRunning = (run: Run): boolean => isAlive(run.operator);

export const findRun = (id: string): Run => {
  const run = readRun(id);
  if (run === undefined || !isRunning(run)) throw new Error(`no run ${id} is up; npm run rig up starts one`);
  return run;
};

/** The file that names every host; written in place, because it is bound over /etc/hosts. */
export const writeHostsFile = (run: Pick<Run, "dir" | "hosts">): void => {
  const lines = Object.entries(run.hosts).map(([name, host]) => `${host.address} ${name}`);
  writeFileSync(join(run.dir, "hosts.txt"), ["127.0.0.1 localhost", ...lines, ""].join("\n"));
};

const sshConfig = `Host *
  User ops
  IdentityFile ~/.ssh/id_ed25519
  IdentitiesOnly yes
  ConnectTimeout 5
`;

const prepareOperator = async (dir: string): Promise<void> => {
  mkdirSync(join(dir, "ssh"), { recursive: true, mode: 0o700 });
  writeFileSync(join(dir, "ssh", "config"), sshConfig);
  writeFileSync(join(dir, "ssh", "known_hosts"), "");
  writeFileSync(join(dir, "resolv.conf"), `nameserver ${operatorAddress}\n`);
  writeHostsFile({ dir, hosts: {} });
  await command([
    "ssh-keygen",
    "-q",
    "-t",
    "ed25519",
    "-N",
    "",
    "-C",
    "operator",
    "-f",
    join(dir, "ssh", "id_ed25519"),
  ]);
};

/** Answers the names in the hosts file and NXDOMAIN for all others; Debian's dnsmasq, run where the machine has none. */
const startNames = async (run: Run): Promise<void> => {
  const lib = ["lib", "usr/lib"].map((part) => join(run.base, part, "x86_64-linux-gnu")).join(":");
  const dnsmasq = [
    ...[
      join(run.base, "lib64/ld-linux-x86-64.so.2"),
      "--library-path",
      lib,
      join(run.base, "usr/sbin/dnsmasq"),
    ],
    ...["--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--address=/#/", "--user=root", "--group=root"],
    ...[`--addn-hosts=${join(run.dir, "hosts.txt")}`, `--pid-file=${join(run.dir, "dnsmasq.pid")}`],
    ...[
      `--listen-address=${operatorAddress}`,
      "--bind-interfaces",
      `--log-facility=${join(run.dir, "dnsmasq.log")}`,
    ],
  ];
  await runIn(run.operator, dnsmasq);
};

/** dnsmasq reads its files again on SIGHUP; its pid file holds the pid inside the run. */
export const reloadNames = async (run: Run): Promise<void> => {
  writeHostsFile(run);
  await runIn(run.operator, ["sh", "-c", `kill -HUP "$(cat ${join(run.dir, "dnsmasq.pid")})"`]);
};

export const startRun = async (base: string, keptAs?: string): Promise<Run> => {
  await clearDeadRuns();
  const id = keptAs ?? randomBytes(3).toString("hex");
  const dir = join(runsRoot, id);
  if (existsSync(dir)) throw new Error(`run ${id} is up already; npm run rig down takes it down`);
  mkdirSync(join(dir, "bin"), { recursive: true, mode: 0o755 });
  await prepareOperator(dir);
  const boot = ["sh", join(rigRoot, "world", "boot-operator.sh"), dir, base, operatorAddress];
  // The kernel ends a run that is not kept together with its owner, however that one ends.
  const bound = keptAs === undefined ? ["setpriv", "--pdeathsig", "KILL"] : [];
  const operator = await launch({
    name: `run ${id}`,
    kind: "operator",
    argv: [...bound, "unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--", ...boot],
    log: join(dir, "operator.log"),
    forks: 1,
    becomes: "tini-static",
  });
  const run: Run = { id, dir, base, kept: keptAs !== undefined, owner: self(), operator, hosts: {} };
  saveRun(run);
  await startNames(run);
  return run;
};

/** Ends one host, or what there is of one that did not start; its name is free for a new one then. */
export const endHost = async (run: Run, name: string): Promise<void> => {
  const host = run.hosts[name];
  if (host !== undefined) await endSpace(host.space);
  delete run.hosts[name];
  saveRun(run);
  await removeCgroups(run.id, name);
  const dir = join(run.dir, "hosts", name);
  await until(`the files of host ${name} to go`, () => rmSync(dir, { recursive: true, force: true }));
};

/** Ends everything a run consists of and removes what it wrote. */
export const endRun = async (id: string): Promise<void> => {
  const run = readRun(id);
  if (run !== undefined) {
    for (const host of Object.values(run.hosts)) await endSpace(host.space);
    await endSpace(run.operator);
  }
  await removeCgroups(id);
  await until(`the files of run ${id} to go`, () =>
    rmSync(join(runsRoot, id), { recursive: true, force: true }),
  );
};

const isAbandoned = (id: string, run: Run | undefined): boolean => {
  if (run === undefined) return !isBeingMade(id);
  return !isRunning(run) || (!run.kept && !isAlive(run.owner));
};

/** A directory without a record belongs to a run that is just starting, unless it is old. */
const isBeingMade = (id: string): boolean => Date.now() - statSync(join(runsRoot, id)).mtimeMs < 60_000;

export const clearDeadRuns = async (): Promise<void> => {
  for (const { id, run } of allRuns()) {
    if (!isAbandoned(id, run)) continue;
    say(`clearing what is left of run ${id}`);
    await endRun(id);
  }
};

/** A command line that runs as the operator of the run: the machine's programs, the run's own, and the run's network. */
export const asOperator = (run: Run, argv: readonly string[]): string[] => {
  const path = `${join(run.dir, "bin")}:${process.env.PATH ?? ""}`;
  return entering(run.operator, ["env", `HOME=${homedir()}`, `PATH=${path}`, ...argv]);
};
