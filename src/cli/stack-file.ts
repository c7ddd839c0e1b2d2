// Reads watchmend.yaml for every verb that needs it, or says everything that is wrong with it at once.
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { codeOf, gapOfError } from "../bundle/read-errors.ts";
import { UserError } from "../model/errors.ts";
import { quoteWord } from "../model/quote.ts";
import type { StackFile } from "../model/stack-file.ts";
import { faultText } from "../stack-file/fault.ts";
import { readStackFile } from "../stack-file/read.ts";
import { note } from "./output.ts";

export function loadStackFile(file: string, options: { readonly quiet?: boolean }): StackFile {
  const { stack, faults, notes } = readStackFile(readText(file));
  if (!stack) {
    const shown = faults.slice(0, 50).map((fault) => faultText(file, fault));
    const rest = faults.length > shown.length ? [`and ${faults.length - shown.length} more`] : [];
    throw new UserError(
      "bad-config",
      [`${file} cannot be used`, ...shown, ...rest].join("\n  "),
      "docs/model.md describes every key; schema/watchmend.yaml.schema.json completes them in editors.",
    );
  }
  for (const one of notes) note(options, `note: ${faultText(file, one)}`);
  return withStore(stack, file);
}

/** The folder of certificates is named from the model's own folder. */
function withStore(stack: StackFile, file: string): StackFile {
  const { security } = stack;
  if (!security?.store.startsWith(".")) return stack;
  return { ...stack, security: { ...security, store: resolve(dirname(file), security.store) } };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT")
      throw new UserError(
        "path-not-found",
        `there is no ${file}`,
        "Write one with: watchmend init (or watchmend init --from inventory/), or name another with -f FILE.",
        { cause: error },
      );
    throw new UserError(
      "path-unreadable",
      `${file}: ${gapOfError(file, error).detail}`,
      code === "EISDIR"
        ? `Name the file itself: -f ${quoteWord(join(file, "watchmend.yaml"))}`
        : `Name a file you may read with -f FILE; who may read this one: ls -l ${quoteWord(file)}`,
      { cause: error },
    );
  }
}
