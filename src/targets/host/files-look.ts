// The configuration of a container as its host sees it: mounted files, else a copy out of it.
import { quoteWord, quoteWords } from "../../model/quote.ts";
import { configNames, flagValue, knowledge, neverRead } from "./component-knowledge.ts";
import type { SeenContainer } from "./inspected.ts";
import { type Draft, isStillItsProcess } from "./look-draft.ts";

export function configOf(container: SeenContainer): Draft[] {
  const known = container.kind === undefined ? undefined : knowledge[container.kind];
  if (known?.configFile === undefined) return [];
  const named = known.configFlags && flagValue(container.words, known.configFlags);
  const positional =
    container.kind === "alloy"
      ? container.words.find((word) => /\.(?:alloy|river)$|^\/etc\/alloy\/?$/.test(word))
      : undefined;
  const file = named ?? positional ?? known.configFile;
  if (!file.startsWith("/")) return [];
  const folders = [...new Set([folderOf(file), ...(known.configFolders ?? [])])];
  const mounted = container.mounts.filter(
    ({ type, target }) =>
      type === "bind" && folders.some((folder) => isBelow(target, folder) || isBelow(file, target)),
  );
  const isCovered = mounted.some(({ target }) => isBelow(file, target));
  return [
    ...mounted.map(({ source }) =>
      filesBelow(source, "configuration that is mounted into the stack's containers"),
    ),
    ...(isCovered ? [] : [copied(container, folderOf(file))]),
  ];
}

/** Text files below a path of the host, as one archive. Links are followed, other file systems are not entered. */
export function filesBelow(source: string, why: string): Draft {
  const names = configNames.map((name) => `-name ${quoteWord(name)}`).join(" -o ");
  const never = neverRead.map((name) => `! -iname ${quoteWord(name)}`).join(" ");
  const path = quoteWord(source);
  const archive = (sudo: string): string =>
    `if [ -d ${path} ]; then ${sudo}find -L ${path} -xdev -maxdepth 4 -type f -size -1024k \\( ${names} \\) ${never} -exec tar -chf - {} + ; else ${sudo}tar -chf - ${path}; fi`;
  return {
    text: `cat ${path}`,
    run: `if [ -r ${path} ]; then ${archive("")}; else ${archive("{asroot}")}; fi`,
    why,
    unpack: "tar",
    bytes: 8_000_000,
    item: { path: source, locator: source },
  };
}

/** Files that lie in the image or in a volume: the engine gives them without a shell in the container. */
function copied({ name, kind }: SeenContainer, folder: string): Draft {
  return {
    text: `{engine} cp ${quoteWord(`${name}:${folder}`)} -`,
    why: "configuration that lies in an image or volume",
    unpack: "tar",
    bytes: 4_000_000,
    container: name,
    item: { path: folder, hints: { container: name, ...(kind === undefined ? {} : { component: kind }) } },
  };
}

/** Nobody replaces these, and what sees the whole host is slow to list. */
const systemFolders = new Set([
  "/",
  "/dev",
  "/proc",
  "/run",
  "/sys",
  "/sys/fs/cgroup",
  "/var/lib/docker",
  "/var/run",
]);

/**
 * A file that was bound and then replaced is marked here: the container keeps the old one until it is started anew. Only the lines
 * of its own mounts: an exporter that sees the whole host has those of all containers below it, megabytes of them.
 */
export function mountsOf(container: SeenContainer): Draft[] {
  const { name, mounts, isRunning } = container;
  if (!isRunning || !mounts.some(({ type, source }) => type === "bind" && !systemFolders.has(source)))
    return [];
  const pid = `$({engine} inspect -f '{{.State.Pid}}' ${quoteWord(name)})`;
  const ask = `pid=${pid} || exit; [ "$pid" -gt 0 ] || exit 0`;
  const known = isStillItsProcess(container);
  const targets = [...mounts.map(({ target }) => mountWord(target)), "/", "/sys/fs/cgroup"];
  const lines = `awk 'BEGIN { while (ARGC > 2) t[ARGV[--ARGC]] } $5 in t' "/proc/$pid/mountinfo" ${quoteWords([...new Set(targets)])}`;
  return [
    {
      text: `cat /proc/${pid}/mountinfo`,
      run: `${known === undefined ? ask : `if ${known}; then pid=${container.pid}; else ${ask}; fi`}; ${lines}`,
      why: "whether what is mounted is still what lies there",
      optional: true,
      item: { hints: { container: name } },
    },
  ];
}

/** As the kernel writes a path in mountinfo (proc_pid_mountinfo(5)). */
function mountWord(path: string): string {
  return path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

export function composeFiles(containers: readonly SeenContainer[]): Draft[] {
  const files = containers.flatMap(
    ({ labels }) => labels.get("com.docker.compose.project.config_files")?.split(",") ?? [],
  );
  return [...new Set(files)]
    .filter((file) => file.startsWith("/"))
    .map((file) => filesBelow(file, "the compose files that the containers were made from"));
}

export function folderOf(file: string): string {
  return file.replace(/\/[^/]*$/, "") || "/";
}

function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/\/+$/, "");
  return path === base || path.startsWith(`${base}/`);
}
