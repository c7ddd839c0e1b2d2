// On which address of its own a host is to be asked: a part that is bound to one address answers on no other.

/** Port to the addresses that listen on it. */
export type Listeners = ReadonlyMap<number, readonly string[]>;

const everywhere = /^(?:\*|0\.0\.0\.0|::|\[::\]|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;

/** Of `ss -tulpn` or `netstat -tulpn`: the first address on a line of TCP is the local one in both. */
export function readListeners(text: string): Listeners {
  const listeners = new Map<number, string[]>();
  for (const line of text.split("\n")) {
    if (!/^tcp6?\s/.test(line) || !line.includes("LISTEN")) continue;
    const local = /\s(\S{1,60}):(\d{1,5})\s/.exec(line);
    if (!local) continue;
    const port = Number(local[2]);
    listeners.set(port, [...(listeners.get(port) ?? []), (local[1] ?? "").replace(/%\w+$/, "")]);
  }
  return listeners;
}

/** As a URL writes it. The loopback address where it is listened on, or nothing is known. */
export function addressOf(port: number, listeners: Listeners): string {
  const addresses = listeners.get(port) ?? [];
  const [bound] = addresses;
  if (bound === undefined || addresses.some((address) => everywhere.test(address))) return "127.0.0.1";
  return bound.includes(":") && !bound.startsWith("[") ? `[${bound}]` : bound;
}
