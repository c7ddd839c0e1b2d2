// A set of namespaces held by one process. Killing that process ends everything in it: processes, mounts, networks.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type CommandOptions, type Ran, run } from "../process/command.ts";
import { type Alive, isAlive, startedAt } from "../process/lock.ts";
import { until } from "../process/wait.ts";

export type Space = Alive & { readonly name: string; readonly kind: "operator" | "host" };

/** `nsenter` wants its own list: the operator keeps the machine's names and cgroups. */
const joined = {
  operator: ["--mount", "--net", "--pid"],
  host: ["--mount", "--net", "--pid", "--uts", "--ipc", "--cgroup"],
} as const;

const hostPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export const entering = (space: Space, argv: readonly string[]): string[] => {
  const enter = ["nsenter", `--target=${space.pid}`, ...joined[space.kind]];
  if (space.kind === "operator") return [...enter, "--", ...argv];
  return [...enter, "--", "env", "-i", "-C", "/", hostPath, "HOME=/root", "LC_ALL=C", ...argv];
};

export const runIn = (space: Space, argv: readonly string[], options?: CommandOptions): Promise<Ran> => {
  if (!isAlive(space)) return Promise.reject(new Error(`${space.name} is not running any more`));
  return run(entering(space, argv), options);
};

const childOf = (pid: number): number | undefined => {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? undefined : Number(text.split(" ")[0]);
};

const alive = (pid: number): Alive => {
  const started = startedAt(pid);
  if (started === undefined) throw new Error(`process ${pid} has ended`);
  return { pid, started };
};

export type Launch = {
  readonly name: string;
  readonly kind: Space["kind"];
  readonly argv: readonly string[];
  readonly log: string;
  /** How many forks lie between the started program and the first process of the new namespaces. */
  readonly forks: number;
  /** What that first process is called once it is ready to be entered. */
  readonly becomes: string;
};

/** Starts a namespace holder detached from this process; its output goes to a file. */
export const launch = async (what: Launch): Promise<Space> => {
  const [file = "", ...args] = what.argv;
  const log = openSync(what.log, "a");
  const child = spawn(file, args, { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  child.unref();
  let exit: string | undefined;
  child.on("exit", (code, signal) => {
    exit = `exit ${signal ?? code}`;
  });
  const started = until(
    `${what.name} to start`,
    () => {
      if (exit !== undefined)
        throw new Error(`it ended with ${exit}: ${readFileSync(what.log, "utf8").trim()}`);
      let pid = child.pid ?? 0;
      for (let fork = 0; fork < what.forks; fork++) {
        const next = childOf(pid);
        if (next === undefined)
          throw new Error(`no first process yet: ${readFileSync(what.log, "utf8").trim()}`);
        pid = next;
      }
      const comm = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
      if (comm !== what.becomes) throw new Error(`its first process is still ${comm}`);
      return { ...alive(pid), name: what.name, kind: what.kind };
    },
    { timeoutMs: 60_000, everyMs: 20 },
  );
  return started.catch((error: unknown) => {
    endGroup(child.pid);
    throw error;
  });
};

/** What did not become a space must not hold its files and cgroups. */
const endGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
};

export const endSpace = async (space: Alive & { readonly name: string }): Promise<void> => {
  if (!isAlive(space)) return;
  process.kill(space.pid, "SIGKILL");
  await until(`${space.name} to end`, () => {
    if (isAlive(space)) throw new Error(`process ${space.pid} still runs`);
  });
};
