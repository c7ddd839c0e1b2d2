// A branch of the machine's cgroup tree per host: joined before the namespaces are made, removed when the host is gone.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { until } from "../process/wait.ts";

const mountRoot = "/sys/fs/cgroup";
const branch = "watchmend-rig";

const isUnified = (): boolean => existsSync(join(mountRoot, "cgroup.controllers"));

/** One directory per hierarchy: all of version 1's, and the unified one. */
const hierarchies = (): string[] => {
  if (isUnified()) return [mountRoot];
  return readdirSync(mountRoot)
    .map((name) => join(mountRoot, name))
    .filter((dir) => statSync(dir).isDirectory() && existsSync(join(dir, "cgroup.procs")));
};

const inherit = (parent: string, child: string): void => {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const own = join(child, file);
    if (!existsSync(own) || readFileSync(own, "utf8").trim() !== "") continue;
    writeFileSync(own, readFileSync(join(parent, file), "utf8"));
  }
};

const delegate = (dir: string): void => {
  const offered = readFileSync(join(dir, "cgroup.controllers"), "utf8").trim();
  if (offered === "") return;
  const all = offered.split(" ").map((controller) => `+${controller}`);
  writeFileSync(join(dir, "cgroup.subtree_control"), all.join(" "));
};

/** Makes the branch RUN/HOST in every hierarchy; returns the files to write a pid (or 0 for oneself) to. */
export const makeCgroups = (runId: string, host: string): string[] =>
  hierarchies().map((top) => {
    let dir = top;
    for (const step of [branch, runId, host]) {
      const parent = dir;
      dir = join(parent, step);
      mkdirSync(dir, { recursive: true });
      if (isUnified()) delegate(parent);
      else inherit(parent, dir);
    }
    return join(dir, "cgroup.procs");
  });

const removeTree = (dir: string): void => {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(dir, entry.name));
  }
  rmdirSync(dir);
};

/** The branch itself goes with the last run. */
const removeIfEmpty = (dir: string): void => {
  try {
    rmdirSync(dir);
  } catch {
    // Another run still has its cgroups there, or it is gone already.
  }
};

/** Works once the last process is gone; the kernel needs a moment for that. */
export const removeCgroups = async (runId: string, host = ""): Promise<void> => {
  const dirs = hierarchies().map((top) => join(top, branch, runId, host));
  await until("the cgroups of a finished run or host to be empty", () => {
    for (const dir of dirs) if (existsSync(dir)) removeTree(dir);
  });
  if (host === "") for (const dir of dirs) removeIfEmpty(dirname(dir));
};
