// Ports in texts.

export function portOfText(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** `10.0.0.5:9100`, `[::1]:9100`, `db` to host and port. */
export function splitTarget(target: string): { readonly host: string; readonly port?: number } {
  const match = /^(?:\[([^\]]{1,100})\]|([^:/\s]{1,253})):(\d{1,5})$/.exec(target);
  if (!match) return { host: target.replace(/^\[|\]$/g, "") };
  const port = portOfText(match[3] ?? "");
  return { host: match[1] ?? match[2] ?? "", ...(port === undefined ? {} : { port }) };
}
