// `[user@]name[:port]` as it is typed after --host.

export interface HostAddress {
  /** As people call it, and as facts name it. */
  readonly name: string;
  readonly user?: string;
  readonly port?: number;
  /** What is dialled, where that is not the name. */
  readonly dial?: string;
  readonly key?: string;
  /** `[user@]host[:port]` on the way. */
  readonly jump?: string;
  /** The machine watchmend runs on, without ssh. */
  readonly isLocal: boolean;
}

/** Undefined when it is no host: an option in disguise (`-oProxyCommand=…`), blanks, a port out of range. */
export function parseHostAddress(text: string): HostAddress | undefined {
  const match =
    /^(?:([A-Za-z_][A-Za-z0-9_.\\-]{0,63})@)?(?:\[([0-9A-Fa-f:.%A-Za-z]{2,60})\]|([A-Za-z0-9_.-]{1,255}|[0-9A-Fa-f:]{3,45}))(?::(\d{1,5}))?$/.exec(
      text,
    );
  if (!match) return undefined;
  const [, user, bracketed, bare] = match;
  const name = bracketed ?? bare ?? "";
  const port = match[4] === undefined ? undefined : Number(match[4]);
  if (name.startsWith("-") || (port !== undefined && (port < 1 || port > 65_535))) return undefined;
  // `fe80::1:22` is an address without port: a port behind an IPv6 address needs brackets
  if (bracketed === undefined && port !== undefined && name.includes(":")) return undefined;
  return {
    name,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    isLocal: name === "local" && user === undefined && port === undefined,
  };
}
