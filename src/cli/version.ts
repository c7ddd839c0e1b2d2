// The version of the package, read where it is declared.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function version(): string {
  const file = join(import.meta.dirname, "../../package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
