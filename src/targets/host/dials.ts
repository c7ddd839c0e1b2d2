// Tries a connection from where it is needed: the host, or a container's network with the container's own names.
import { quoteWord } from "../../model/quote.ts";
import type { ProbeRequest } from "../../model/target.ts";
import type { HostCommand, HostRights } from "./host-command.ts";

const seconds = 6;

export function dialCommands(requests: readonly ProbeRequest[], rights: HostRights): readonly HostCommand[] {
  return requests.flatMap((request, i) => {
    const command = dialOf(request, rights);
    return command === undefined ? [] : [{ ...command, id: `p${i}` }];
  });
}

/** `-w` keeps the body away: what an exporter says is not the question here. */
const curl = (url: string): string => `curl -sv -m ${seconds} -o /dev/null ${quoteWord(url)}`;

function dialOf(
  { from, url, because }: ProbeRequest,
  rights: HostRights,
): Omit<HostCommand, "id"> | undefined {
  const common = { why: because, failureSpeaks: true as const, seconds: seconds + 4 };
  if (from.kind === "host") return { ...common, text: curl(url), run: `${onHost(url)} 2>&1` };
  if (from.kind !== "container") return undefined;
  const container = quoteWord(from.container);
  const hints = { container: from.container };
  const typed = `{engine} exec ${container} ${curl(url)}`;
  return {
    ...common,
    text: typed,
    run: `${rights.root === "none" ? inside(container, url) : asNeighbour(container, url)} 2>&1`,
    item: { hints },
  };
}

function onHost(url: string): string {
  const { host, port } = endOf(url);
  const dial = `exec 3<>/dev/tcp/${host}/${port} && echo "Connected to ${host} (${host}) port ${port}"`;
  return `if command -v curl >/dev/null 2>&1; then ${curl(url)}; elif command -v wget >/dev/null 2>&1; then wget -S -T ${seconds} -t 1 -O /dev/null ${quoteWord(url)}; else bash -c ${quoteWord(dial)}; fi`;
}

/**
 * With root: the host's curl in the container's network, with the container's own name files in a mount namespace that ends
 * with the command. Works for images without a shell.
 */
function asNeighbour(container: string, url: string): string {
  const inner = `for f in resolv.conf hosts; do mount --bind /proc/$1/root/etc/$f /etc/$f 2>/dev/null; done; ${onHost(url)}`;
  return `pid=$({engine} inspect -f '{{.State.Pid}}' ${container}) || exit; [ "$pid" -gt 0 ] || { echo 'the container does not run'; exit 1; }; {root} nsenter -t "$pid" -n unshare -m sh -c ${quoteWord(inner)} sh "$pid"`;
}

/** Without root: with what the image has. */
function inside(container: string, url: string): string {
  const word = quoteWord(url);
  return `if {engine} exec ${container} curl --version >/dev/null 2>&1; then {engine} exec ${container} ${curl(url)}; elif {engine} exec ${container} wget --help >/dev/null 2>&1; then {engine} exec ${container} wget -S -T ${seconds} -O /dev/null ${word}; else exit 242; fi`;
}

function endOf(url: string): { readonly host: string; readonly port: string } {
  const parsed = new URL(url);
  return {
    host: parsed.hostname.replace(/[^A-Za-z0-9.:_-]/g, ""),
    port: parsed.port || (parsed.protocol === "https:" ? "443" : "80"),
  };
}
