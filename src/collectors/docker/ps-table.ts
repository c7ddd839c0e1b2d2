// `docker ps`, `podman ps` and `docker compose ps` (v2) tables, with any choice of columns.
import type { DockerContainer } from "../../model/docker.ts";
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Place } from "../../model/place.ts";
import { splitWords } from "../../model/shell-words.ts";
import { type Column, readHeader, readRow } from "../columns.ts";
import { commandsOf } from "../command.ts";
import { eachLine, hostOf, type Line, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { isStateText, readState } from "./container-state.ts";
import { parsePortsColumn } from "./ports.ts";

const knownColumns = [
  "CONTAINER ID",
  "CONTAINER NAME",
  "CONTAINER",
  "IMAGE ID",
  "IMAGE",
  "COMMAND",
  "CREATED AT",
  "CREATED",
  "RUNNING FOR",
  "STATUS",
  "STATE",
  "HEALTH",
  "PORTS",
  "NAMES",
  "NAME",
  "SIZE",
  "LABELS",
  "MOUNTS",
  "NETWORKS",
  "LOCAL VOLUMES",
  "SERVICE",
  "PROJECT",
  "ID",
  "POD ID",
  "PODNAME",
  "INFRA ID",
  "PID",
  "USERNS",
  "RESTARTS",
  "EXIT CODE",
  "PUBLISHERS",
];

/** The header of a container table, or undefined. */
export function containerHeader(line: string): Column[] | undefined {
  // Every known heading begins so, and no other line has to be looked at word by word.
  if (!/^\s*[A-Z]{2}/.test(line)) return undefined;
  const columns = readHeader(line.trimEnd(), knownColumns);
  if (!columns) return undefined;
  const has = (...names: string[]) => columns.some((column) => names.includes(column.name));
  // NAME and STATUS alone could be anything (`kubectl get nodes` has them too).
  if (has("CONTAINER ID", "NAMES")) return columns;
  return has("NAME", "ID") && has("IMAGE", "COMMAND", "SERVICE") && has("STATUS", "STATE", "PORTS")
    ? columns
    : undefined;
}

export const psTable: Parser = {
  id: "docker-ps-table",
  reads: "docker ps, podman ps, docker compose ps (v2), as a table with any columns",
  provides: ["docker.containers"],
  startsAt: (line) => containerHeader(line) !== undefined,
  recognise(segment) {
    const lines = linesOf(segment, 60);
    if (lines.some((line) => containerHeader(line.text))) return 0.95;
    const rows = lines.filter((line) => line.text.trim() !== "");
    if (rows.length > 0 && rows.every((line) => isHeadlessRow(line.text))) return 0.9;
    return rows.length === 0 && isPsCommand(segment) ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.containers");
    let columns: Column[] | undefined;
    eachLine(segment, emit, (line) => {
      const header = containerHeader(line.text);
      if (header) columns = header;
      return header !== undefined || emitRow(segment, line, columns, emit);
    });
  },
};

export function isPsCommand(segment: Segment): boolean {
  return commandsOf(segment).some(
    ({ program, args, filters }) =>
      /^(?:docker|podman|nerdctl|docker-compose|podman-compose)$/.test(program) &&
      args.some((word, i) => word === "ps" || (word === "ls" && args[i - 1] === "container")) &&
      filters.every(
        (filter) => filter === "grep" || filter === "egrep" || filter === "head" || filter === "sort",
      ),
  );
}

function emitRow(segment: Segment, line: Line, columns: Column[] | undefined, emit: Emit): boolean {
  const row = (columns ? readRow(line.text, columns) : undefined) ?? readHeadlessRow(line.text);
  const at = placeOf(segment, line.index);
  const container = row ? containerOfRow(row, at, hostOf(segment)) : undefined;
  if (!container) return false;
  emit.fact("docker.containers", container);
  return true;
}

export function containerOfRow(
  row: Readonly<Record<string, string>>,
  at: Place,
  host: string | undefined,
): DockerContainer | undefined {
  const cell = (...names: string[]) =>
    names.map((name) => row[name]).find((value) => value !== undefined && value !== "");
  const id = cell("CONTAINER ID", "ID");
  // with links the column lists aliases too: `web,other/db`; the container's own name has no slash
  const names = cell("NAMES", "NAME", "CONTAINER NAME")?.split(",") ?? [];
  const name = names.find((candidate) => !candidate.includes("/")) ?? names[0] ?? id;
  if (name === undefined || /\s/.test(name) || (id !== undefined && /\s/.test(id))) return undefined;
  const statusText = cell("STATUS", "STATE");
  const command = cell("COMMAND");
  const ports = row.PORTS === undefined ? undefined : parsePortsColumn(row.PORTS, at);
  const networks = cell("NETWORKS")
    ?.split(",")
    .map((network) => ({ name: network.trim() }));
  const words = command === undefined ? undefined : commandWords(command);
  return given({
    at,
    origin: "running" as const,
    host,
    name,
    service: cell("SERVICE"),
    project: cell("PROJECT"),
    id: id === name ? undefined : id,
    image: cell("IMAGE"),
    statusText,
    ...(statusText === undefined ? {} : readState(statusText)),
    ...given({ health: healthOf(cell("HEALTH")) }),
    ...(words && !words.cut ? startOf(words.argv, at) : {}),
    ports,
    networks,
    labels: labelsOf(cell("LABELS")),
  });
}

function healthOf(cell: string | undefined): string | undefined {
  return cell?.toLowerCase();
}

/** The column shows the program that was started, then its arguments. */
function startOf(
  argv: readonly string[],
  at: Place,
): Pick<DockerContainer, "entrypoint" | "args" | "argsAt"> {
  const [program, ...args] = argv;
  return { ...(program === undefined ? {} : { entrypoint: [program] }), args, argsAt: at };
}

/** `"/bin/prometheus --co…"`: a cut command has no complete argument list. */
function commandWords(command: string): { argv: string[]; cut: boolean } {
  const bare = command.replace(/^["“](.*)["”]$/, "$1");
  return { argv: splitWords(bare), cut: /(?:…|\.\.\.)["”]?$/.test(command) };
}

export function labelsOf(cell: string | undefined): Record<string, string> | undefined {
  if (cell === undefined) return undefined;
  const labels: Record<string, string> = {};
  for (const pair of cell.slice(0, 16_384).split(",")) {
    const equals = pair.indexOf("=");
    if (equals > 0) labels[pair.slice(0, equals).trim()] = pair.slice(equals + 1);
  }
  return labels;
}

const idPattern = /^([0-9a-f]{12}|[0-9a-f]{64})\s+(\S+)\s+/;

function isHeadlessRow(line: string): boolean {
  return idPattern.test(line) && readHeadlessRow(line) !== undefined;
}

/** A row of the default table without its header (`docker ps | grep loki`), or one whose alignment is gone. */
function readHeadlessRow(line: string): Record<string, string> | undefined {
  const start = idPattern.exec(line);
  if (!start) return undefined;
  const rest = line.slice(start[0].length);
  const created =
    /(?:^|\s)((?:About )?(?:an?|\d+|Less than a) (?:second|minute|hour|day|week|month|year)s? ago)\s+/.exec(
      rest,
    );
  if (!created) return undefined;
  const command = rest.slice(0, created.index).trim();
  const tail = rest.slice(created.index + created[0].length).trim();
  if (!isStateText(tail)) return undefined;
  const lastBlank = tail.search(/\s\S+$/);
  if (lastBlank === -1) return undefined;
  const name = tail.slice(lastBlank).trim();
  const middle = tail.slice(0, lastBlank).trim();
  const portsAt = middle.search(/(?:^|\s)(?:[\d.:[\]]+(?:-\d+)?->)?\d{1,5}(?:-\d{1,5})?\/(?:tcp|udp|sctp)/);
  return {
    "CONTAINER ID": start[1] ?? "",
    IMAGE: start[2] ?? "",
    COMMAND: command,
    STATUS: (portsAt === -1 ? middle : middle.slice(0, portsAt)).trim(),
    PORTS: portsAt === -1 ? "" : middle.slice(portsAt).trim(),
    NAMES: name,
  };
}
