// Host and port of what a tool was pointed at: URL, host:port, `host port`, [v6]:port.

export interface Target {
  readonly targetHost?: string;
  readonly targetPort?: number;
}

const schemePorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ftp: 21,
  ssh: 22,
  ws: 80,
  wss: 443,
};

export function targetOf(text: string): Target {
  const match =
    /^(?:([a-z][a-z0-9+.-]{0,15}):\/\/)?(?:[^@/\s]{0,200}@)?(\[[0-9a-fA-F:.%]{2,60}\]|[^:/?#\s]{1,253})(?::(\d{1,5}))?(?:[/?#]|$)/i.exec(
      text.trim(),
    );
  if (!match) return {};
  const [, scheme, host = "", port] = match;
  const targetPort = port === undefined ? schemePorts[scheme?.toLowerCase() ?? ""] : Number(port);
  return { targetHost: host.replace(/^\[|\]$/g, ""), ...(targetPort === undefined ? {} : { targetPort }) };
}
