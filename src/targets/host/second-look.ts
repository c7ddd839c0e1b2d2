// What a host is asked once its containers and units are known: logs, configuration, owners of what is mounted, own APIs.
import { quoteWord } from "../../model/quote.ts";
import type { ReadLimits } from "../../model/target.ts";
import { apisOf } from "./api-look.ts";
import { composeFiles, configOf, mountsOf } from "./files-look.ts";
import type { HostCommand, HostRights } from "./host-command.ts";
import type { SeenContainer } from "./inspected.ts";
import type { Listeners } from "./listeners.ts";
import { type Draft, isStillItsProcess, mostLogLines } from "./look-draft.ts";
import { ownersOf } from "./owners-look.ts";
import { unitOf } from "./unit-look.ts";
import type { SeenUnit } from "./units.ts";

export interface SeenHost {
  readonly containers: readonly SeenContainer[];
  readonly units: readonly SeenUnit[];
  readonly listeners: Listeners;
}

const mostContainers = 60;

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
