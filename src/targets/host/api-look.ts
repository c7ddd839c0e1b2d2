// What a component on a host is asked through its own API, at the address where it listens.
import type { ComponentKind } from "../../model/component.ts";
import { quoteWord } from "../../model/quote.ts";
import { knowledge, listenPort, routePrefix } from "./component-knowledge.ts";
import type { HostRights } from "./host-command.ts";
import type { SeenContainer } from "./inspected.ts";
import { addressOf, type Listeners } from "./listeners.ts";
import type { Draft } from "./look-draft.ts";

export function apisOf(container: SeenContainer, fetch: HostRights["fetch"], listeners: Listeners): Draft[] {
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

export function apiCommands(
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
