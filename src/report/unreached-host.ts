// A host that was not reached or not changed: its name, that word, why, and what to try; each said once.
import type { Ink } from "./text/ink.ts";

export function unreachedHost(
  { host, because, remedy }: { readonly host: string; readonly because?: string; readonly remedy?: string },
  word: "cannot be reached" | "cannot be changed",
  ink: Ink,
): string[] {
  // An error stands on its own elsewhere, so it names the host and says that it cannot be reached.
  const reason = because?.replace(`${host} ${word}: `, "") ?? "";
  return [
    `${ink.bold(host)}: ${ink.red(word)}: ${reason}`,
    ...(remedy === undefined ? [] : [`    $ ${remedy}`]),
  ];
}
