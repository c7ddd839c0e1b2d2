// A transaction's before-images as a folder that a person can put back with kubectl, docker and a shell alone.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readJournal } from "./journal.ts";
import { kindOf } from "./kinds/registry.ts";
import { transactionFolder } from "./state-folder.ts";
import { isDoneAgain } from "./step-kind.ts";

/** `ids`: last change first. Throws when the folder holds something already. */
export function exportUndo(state: string, ids: readonly string[], folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lines = [
    "#!/bin/sh",
    "# Puts back what watchmend changed, last change first. Read it, and run what is still needed, line by line:",
    "# lines about a host are for a shell on that host, with the backup folder copied beside you.",
    "set -eu",
  ];
  for (const id of ids) {
    const source = transactionFolder(state, id);
    const course = readJournal(source);
    if (!course) continue;
    const backup = join(source, "backup");
    if (existsSync(backup)) cpSync(backup, join(folder, "backup"), { recursive: true });
    const intents = course.entries.flatMap((one) => (one.what === "intent" ? [one] : []));
    const commands = (again: boolean): string[] =>
      (again ? intents : intents.toReversed()).flatMap((one) => {
        const kind = kindOf(one.kind);
        const image = kind?.parse(one.image);
        if (!kind || isDoneAgain(kind, image) !== again) return [];
        return ["", `# ${one.subject.replaceAll("\n", " ")}`, ...kind.byHand(image)];
      });
    lines.push("", `# --- transaction ${id} of ${course.begun.at}`, ...commands(false), ...commands(true));
  }
  const script = join(folder, "undo.sh");
  writeFileSync(script, `${lines.join("\n")}\n`);
  chmodSync(script, 0o700);
}
