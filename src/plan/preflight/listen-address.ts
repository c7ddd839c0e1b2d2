// Whether two sockets of one port get in each other's way.

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
