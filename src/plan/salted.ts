// Secrets are compared by a hash behind a salt, so that neither they nor anything that could be looked up leaves a host.
import { sha256 } from "./backup.ts";

export function salted(salt: string, value: string): string {
  return sha256(Buffer.from(`${salt}${value}`));
}
