// The address a component binds on a host, and whether two sockets of one port get in each other's way.
import type { DeployedKind, StackFile, StackHost } from "../../model/stack-file.ts";

/** As its container will be told (src/render/containers/spec.ts says the same in arguments). */
export function listenAddress(stack: StackFile, host: StackHost, kind: DeployedKind): string {
  const own = stack.components.find((one) => one.kind === kind)?.listen;
  return own ?? (host.absence?.kind === "behind-nat" ? "127.0.0.1" : host.listen);
}

/** One of them takes all addresses, or both take the same. */
export function isSameSocket(a: string, b: string): boolean {
  return isEvery(a) || isEvery(b) || plain(a) === plain(b);
}

export function isEvery(address: string): boolean {
  return /^(?:0\.0\.0\.0|::|\*|\[::\])$/.test(plain(address));
}

/** `[::ffff:10.0.0.1]`, `10.0.0.1%eth0` */
function plain(address: string): string {
  return address
    .replace(/^\[|\]$/g, "")
    .replace(/%.*$/, "")
    .replace(/^::ffff:(?=\d+\.)/i, "")
    .toLowerCase();
}
