// Addresses as configuration files write them: with a port, and IPv6 in brackets.

export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
