// A short stable name for a thing, so that a tracker recognises tomorrow what it saw today. Not for secrets.

/** FNV-1a with 64 bits over the parts, as hexadecimal digits. */
export function fingerprint(parts: readonly string[]): string {
  const prime = 0x100000001b3n;
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(parts.join("\0"))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  }
  return hash.toString(16).padStart(16, "0");
}
