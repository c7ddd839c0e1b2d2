// Tries a connection from where it is needed: the host, or a container's network with the container's own names.
import { quoteWord } from "../../model/quote.ts";
import type { ProbeRequest } from "../../model/target.ts";
import type { HostCommand, HostRights } from "./host-command.ts";

const seconds = 6;

export function dialCommands(requests: readonly ProbeRequest[], rights: HostRights): readonly HostCommand[] {
  return requests.flatMap((request, i) => {
    const command = dialOf(request, rights);
    return command === undefined ? [] : [{ ...command, id: `p${i}`, optional: true as const }];
  });
}

function dialOf(
  { from, url, because }: ProbeRequest,
  rights: HostRights,
): Omit<HostCommand, "id"> | undefined {
  if (url.startsWith("dns:") && rights.lookup === undefined) return undefined;
  const common = { why: because, failureSpeaks: true as const, seconds: seconds + 4 };
  const ask = fromHere(url, rights);
  if (from.kind === "host") return { ...common, text: ask, run: `${ask} 2>&1` };
  if (from.kind !== "container") return undefined;
  const item = { hints: { container: from.container } };
  const container = quoteWord(from.container);
  if (rights.root === "none" && url.startsWith("dns:")) {
    // Docker's own name server answers in the container's network only
    if (serverOf(url).startsWith("127.")) return undefined;
    return { ...common, text: ask, run: `${ask} 2>&1` };
  }
  if (rights.root === "none") {
    const text = `{engine} exec ${container} wget -S -T ${seconds} -O /dev/null ${quoteWord(url)}`;
    const hasIt = `{engine} exec ${container} wget --help >/dev/null 2>&1 || [ $? = 1 ] || exit 242`;
    return { ...common, text, run: `${hasIt}; ${text} 2>&1`, item };
  }
  const pid = `"$({engine} inspect -f '{{.State.Pid}}' ${container})"`;
  return { ...common, text: `{root} nsenter -n -t ${pid} ${ask}`, run: asNeighbour(container, ask), item };
}

/** A certificate that nobody can check is no failure to connect, and what is answered is not the question. */
function fromHere(url: string, { fetch, lookup }: HostRights): string {
  if (url.startsWith("dns:")) {
    const name = quoteWord(new URL(url).pathname.slice(1));
    const server = serverOf(url);
    if (lookup === "dig") return `dig +search +time=2 +tries=1 @${quoteWord(server)} ${name}`;
    return `nslookup -timeout=2 -retry=1 ${name} ${quoteWord(server)}`;
  }
  const word = quoteWord(url);
  if (fetch === "curl") return `curl -skv -m ${seconds} -o /dev/null ${word}`;
  if (fetch === "wget") return `wget -S -T ${seconds} -O /dev/null ${word}`;
  const { host, port } = endOf(url);
  return `timeout ${seconds} bash -c ${quoteWord(`exec 3<>/dev/tcp/${host}/${port}`)}`;
}

/**
 * With root: the host's own program in the container's network, with the container's name files in a mount namespace that ends
 * with the command. It works for images without a shell, and changes nothing.
 */
function asNeighbour(container: string, ask: string): string {
  const files = "for f in resolv.conf hosts; do mount --bind /proc/$1/root/etc/$f /etc/$f 2>/dev/null; done";
  const inner = quoteWord(`${files}; exec ${ask} 2>&1`);
  return `pid=$({engine} inspect -f '{{.State.Pid}}' ${container}) || exit; [ "$pid" -gt 0 ] || { echo 'the container does not run'; exit 1; }; {root} nsenter -t "$pid" -n unshare -m sh -c ${inner} sh "$pid"`;
}

function serverOf(url: string): string {
  return new URL(url).hostname.replace(/^\[|\]$/g, "");
}

function endOf(url: string): { readonly host: string; readonly port: string } {
  const parsed = new URL(url);
  return {
    host: parsed.hostname.replace(/[^A-Za-z0-9.:_-]/g, ""),
    port: parsed.port || (parsed.protocol === "https:" ? "443" : "80"),
  };
}
