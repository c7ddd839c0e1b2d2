// What a host is asked once its containers and units are known: logs, configuration, owners of what is mounted, own APIs.
import type { ComponentKind } from "../../model/component.ts";
import { quoteWord, quoteWords } from "../../model/quote.ts";
import type { ReadLimits } from "../../model/target.ts";
import {
  configNames,
  flagValue,
  knowledge,
  listenPort,
  neverRead,
  routePrefix,
} from "./component-knowledge.ts";
import type { HostCommand, HostRights } from "./host-command.ts";
import type { SeenContainer } from "./inspected.ts";
import { addressOf, type Listeners } from "./listeners.ts";
import type { SeenUnit } from "./units.ts";

export interface SeenHost {
  readonly containers: readonly SeenContainer[];
  readonly units: readonly SeenUnit[];
  readonly listeners: Listeners;
}

const mostContainers = 60;
const mostLogLines = 5_000;

export function secondLook(
  seen: SeenHost,
  limits: ReadLimits,
  fetch: HostRights["fetch"],
): readonly HostCommand[] {
  const own = seen.containers.filter((container) => container.kind !== undefined).slice(0, mostContainers);
  const logged = seen.containers
    .filter((container) => container.kind !== undefined || container.isTroubled)
    .slice(0, mostContainers);
  const commands = [
    ...logged.map((container) => logOf(container, limits)),
    ...own.flatMap((container) => [
      ...configOf(container),
      ...mountsOf(container),
      ...apisOf(container, fetch, seen.listeners),
      ...namesOf(container),
    ]),
    ...ownersOf(own),
    kernelLog(seen.containers),
    ...composeFiles(own),
    ...seen.units.flatMap((unit) => unitOf(unit, limits, fetch, seen.listeners)),
  ];
  return unique(commands).map((command, i) => ({ ...command, id: `s${i}` }));
}

type Draft = Omit<HostCommand, "id">;

/** Two containers may share a file or folder. */
function unique(commands: readonly Draft[]): readonly Draft[] {
  const seen = new Set<string>();
  return commands.filter(({ text }) => {
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** Of a container that does not run, the last words count, however old they are. */
function logOf({ name, kind, isRunning, isTroubled }: SeenContainer, limits: ReadLimits): Draft {
  const since = isRunning && !isTroubled ? `--since ${limits.sinceSeconds}s ` : "";
  const text = `{engine} logs --timestamps ${since}--tail ${mostLogLines} ${quoteWord(name)}`;
  return {
    text,
    run: `${text} 2>&1 | tail -c ${limits.logBytes}`,
    why: "what the stack's containers, and those that restart, say",
    isLog: true,
    item: { hints: { container: name, ...(kind === undefined ? {} : { component: kind }) } },
  };
}

function configOf(container: SeenContainer): Draft[] {
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
function filesBelow(source: string, why: string): Draft {
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
function mountsOf(container: SeenContainer): Draft[] {
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

/**
 * The names a container sees are those of its own files, not those of the host. Through its first process they are read at once;
 * to copy one the engine mounts the container's file system (182 ms of processor time against 10).
 */
function namesOf(container: SeenContainer): Draft[] {
  const { name, pid, isRunning } = container;
  if (!isRunning) return [];
  const known = isStillItsProcess(container);
  return ["/etc/resolv.conf", "/etc/hosts"].map((file) => {
    const copy = `{engine} cp ${quoteWord(`${name}:${file}`)} - | tar -xOf -`;
    // a link would lead to the host's own file
    const read = `{asroot}sh -c '[ ! -L "$1" ] && exec cat "$1"' sh /proc/${pid}/root${file} 2>/dev/null`;
    return {
      text: `{engine} exec ${quoteWord(name)} cat ${file}`,
      run: known === undefined ? copy : `{ ${known} && ${read}; } || ${copy}`,
      why: "name servers and fixed names as the stack's containers see them",
      optional: true as const,
      item: { path: file, hints: { container: name } },
    };
  });
}

/** As the kernel writes a path in mountinfo (proc_pid_mountinfo(5)). */
function mountWord(path: string): string {
  return path.replace(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** The number may have gone to another process since: its control group names the container it is in. */
function isStillItsProcess({ id, pid }: SeenContainer): string | undefined {
  return pid === undefined || !/^[0-9a-f]{12,}$/.test(id)
    ? undefined
    : `grep -q ${id} /proc/${pid}/cgroup 2>/dev/null`;
}

function apisOf(container: SeenContainer, fetch: HostRights["fetch"], listeners: Listeners): Draft[] {
  const { kind, words, isRunning } = container;
  if (kind === undefined || !isRunning) return [];
  const port = listenPort(kind, words);
  const keys = container.labels.get("io.watchmend.keys");
  const base = port === undefined ? undefined : baseOf(container, port, listeners);
  return base === undefined
    ? []
    : apiCommands(
        kind,
        keys === undefined ? fetch : { keys },
        `${keys === undefined ? base : base.replace(/^http:/, schemeOf(container))}${routePrefix(words)}`,
        { container: container.name, component: kind },
      );
}

/** From the host: its own port, the published one, or the container's address on the bridge. */
function baseOf(
  { networkMode, published, addresses }: SeenContainer,
  port: number,
  listeners: Listeners,
): string | undefined {
  if (networkMode === "host") return `http://${addressOf(port, listeners)}:${port}`;
  const there = published.get(port);
  if (there)
    return `http://${/^(?:0\.0\.0\.0|::|)$/.test(there.address) ? "127.0.0.1" : bracketed(there.address)}:${there.port}`;
  const [address] = addresses;
  return address === undefined ? undefined : `http://${bracketed(address)}:${port}`;
}

/** A door with keys and a certificate among them speaks TLS. */
function schemeOf({ labels }: SeenContainer): string {
  return labels.get("io.watchmend.scheme") === "http" ? "http:" : "https:";
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}

function apiCommands(
  kind: ComponentKind,
  fetch: HostRights["fetch"] | { readonly keys: string },
  base: string,
  hints: { container?: string; component: ComponentKind },
): Draft[] {
  return (knowledge[kind]?.apis ?? []).map(({ path, why, only, optional }) => {
    const url = quoteWord(`${base}${path}`);
    const filter = only === undefined ? "" : ` | grep -E ${quoteWord(only)} | head -n 200`;
    const ask =
      typeof fetch === "object"
        ? `{asroot} env -C ${quoteWord(fetch.keys)} curl -K curl.conf -sS -m 10`
        : fetch === "wget"
          ? "wget -q -T 10 -O -"
          : "curl -sS -m 10";
    return {
      text: `${ask} ${url}${filter}`,
      tool: typeof fetch === "object" ? "curl" : (fetch ?? "curl"),
      why,
      failureSpeaks: true as const,
      ...(optional ? { optional } : {}),
      item: { hints },
    };
  });
}

/** Owners and modes, in numbers, of everything that is mounted, and of the folders above it. */
function ownersOf(containers: readonly SeenContainer[]): Draft[] {
  const sources = containers
    .flatMap(({ mounts }) => mounts.map(({ source }) => source))
    .filter((source) => !/^\/(?:proc|sys|dev)(?:\/|$)/.test(source));
  return ownersOfPaths(sources);
}

/** The same of a cluster's node, whose containers belong to another engine. */
export function ownersOnNode(paths: readonly string[]): readonly HostCommand[] {
  return ownersOfPaths(paths).map((command) => ({ ...command, id: "owners" }));
}

function ownersOfPaths(sources: readonly string[]): Draft[] {
  const paths = [...new Set(sources.flatMap(withParents))]
    .filter((path) => path !== "/")
    .sort()
    .slice(0, 400);
  if (paths.length === 0) return [];
  return [
    {
      text: `{asroot} stat -L -c '%u:%g %a %F %i %n' ${quoteWords(paths)}`,
      why: "numeric owner, group and mode of what is mounted",
      failureSpeaks: true,
      optional: true,
    },
  ];
}

const kernelWords = 'oom-kill|killed process|apparmor="DENIED"|I/O error|read-only file system';

/**
 * Who was killed for memory, what was denied, which disk fails. The kernel's log also speaks of containers that this engine does
 * not have (another engine's, a cluster's): the line before each kill names the container's cgroup.
 */
function kernelLog(containers: readonly SeenContainer[]): Draft {
  const ours = containers.map(({ id }) => id).join(" ");
  const own = `/oom-kill:/ { keep = 1; n = split($0, a, "task_memcg="); if (n > 1) { p = a[2]; sub(/,.*/, "", p); m = split(p, b, "/"); c = b[m]; gsub(/^(docker|libpod)-|\\.scope$/, "", c); if (length(c) > 40 || p ~ /kubepods/) keep = index(ids, c) > 0 } if (keep) print; next } /illed process/ { if (keep) print; next } { print }`;
  return {
    text: `{root} dmesg -T | grep -Ei ${quoteWord(kernelWords)}`,
    run: `{root} dmesg -T | grep -Ei ${quoteWord(kernelWords)} | awk -v ids=${quoteWord(ours)} ${quoteWord(`BEGIN { keep = 1 } ${own}`)} | tail -n 100`,
    tool: "dmesg",
    why: "processes killed for memory, denials, failing disks",
    optional: true,
  };
}

function withParents(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`);
}

function composeFiles(containers: readonly SeenContainer[]): Draft[] {
  const files = containers.flatMap(
    ({ labels }) => labels.get("com.docker.compose.project.config_files")?.split(",") ?? [],
  );
  return [...new Set(files)]
    .filter((file) => file.startsWith("/"))
    .map((file) => filesBelow(file, "the compose files that the containers were made from"));
}

const shown = [
  "Id",
  "LoadState",
  "ActiveState",
  "SubState",
  "Result",
  "UnitFileState",
  "ExecMainStatus",
  "NRestarts",
  "User",
  "FragmentPath",
];

function unitOf(
  { name, kind, isActive }: SeenUnit,
  limits: ReadLimits,
  fetch: HostRights["fetch"],
  listeners: Listeners,
): Draft[] {
  const word = quoteWord(name);
  const hints = kind === undefined ? {} : { item: { hints: { component: kind } } };
  const log = `{asroot} journalctl -u ${word} --since -${limits.sinceSeconds}s -n ${mostLogLines} --no-pager -o short-iso`;
  const base: Draft[] = [
    {
      text: `systemctl show ${word} -p ${shown.join(",")}`,
      why: "state and last end of the stack's services",
      optional: true,
    },
    {
      text: log,
      run: `${log} 2>&1 | tail -c ${limits.logBytes}`,
      tool: "journalctl",
      why: "what the stack's services say",
      isLog: true,
      optional: true,
      ...hints,
    },
  ];
  if (kind === undefined) return base;
  const known = knowledge[kind];
  const folder = known?.configFile === undefined ? undefined : folderOf(known.configFile);
  return [
    ...base,
    { text: `systemctl cat ${word}`, why: "how the stack's services are started", optional: true },
    ...(folder === undefined
      ? []
      : [{ ...filesBelow(folder, "configuration of the stack's services"), optional: true as const }]),
    ...(isActive && known
      ? apiCommands(kind, fetch, `http://${addressOf(known.port, listeners)}:${known.port}`, {
          component: kind,
        })
      : []),
  ];
}

function folderOf(file: string): string {
  return file.replace(/\/[^/]*$/, "") || "/";
}

function isBelow(path: string, folder: string): boolean {
  const base = folder.replace(/\/+$/, "");
  return path === base || path.startsWith(`${base}/`);
}
