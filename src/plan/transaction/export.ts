// A transaction's before-images as a folder that a person can put back with kubectl, docker and a shell alone.
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../model/errors.ts";
import { isRecord } from "../../model/json-value.ts";
import { sha256 } from "../backup.ts";
import { makeFolder } from "../make-folder.ts";
import { folderHost } from "./doors.ts";
import type { Intent } from "./entry.ts";
import { readJournal } from "./journal.ts";
import { kindOf } from "./kinds/registry.ts";
import { transactionFolder } from "./state-folder.ts";
import { isDoneAgain } from "./step-kind.ts";

interface Part {
  readonly place: Place;
  readonly lines: string[];
}

type Place = { readonly host: string } | { readonly context: string } | undefined;

/** `ids`: last change first. The names of the scripts, in the order in which they are run. */
export function exportUndo(state: string, ids: readonly string[], folder: string): readonly string[] {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UserError("usage", `${folder} is not empty`, "Name a folder that is new or empty.");
  makeFolder(folder, 0o700);
  const parts: Part[] = [];
  for (const id of ids) {
    const source = transactionFolder(state, id);
    const course = readJournal(source);
    if (!course) continue;
    const backup = join(source, "backup");
    if (existsSync(backup)) cpSync(backup, join(folder, "backup"), { recursive: true });
    const undone = new Set(course.entries.flatMap((one) => (one.what === "undone" ? [one.n] : [])));
    const intents = course.entries.flatMap((one) =>
      one.what === "intent" && !undone.has(one.n) ? [one] : [],
    );
    for (const one of intents.toReversed()) add(parts, one, id, false);
    for (const one of intents) add(parts, one, id, true);
  }
  const names = parts.map((part, i) => write(folder, part, i));
  const sums = sumsOf(folder);
  if (sums !== "") writeFileSync(join(folder, "SHA256SUMS"), sums);
  writeFileSync(join(folder, "README.md"), readme(ids, parts, names));
  return names;
}

/** Neighbours of one place make one script: the order of the changes is kept, last one first. */
function add(parts: Part[], intent: Intent, id: string, again: boolean): void {
  const kind = kindOf(intent.kind);
  if (!kind) throw new Error(`the journal has a step of the unknown kind ${intent.kind}`);
  const image = kind.parse(intent.image);
  if (isDoneAgain(kind, image) !== again) return;
  const place = placeOf(intent.image);
  const last = parts.at(-1);
  const part = last && nameOf(last.place) === nameOf(place) ? last : { place, lines: [] };
  if (part !== last) parts.push(part);
  part.lines.push("", `# ${intent.subject.replaceAll("\n", " ")} (transaction ${id})`, ...kind.byHand(image));
}

/** Every image says where it belongs: to a host, or to a cluster. */
function placeOf(image: unknown): Place {
  if (!isRecord(image)) return undefined;
  if (typeof image.host === "string") return { host: image.host };
  if (typeof image.context === "string") return { context: image.context };
  return placeOf(image.restart);
}

function nameOf(place: Place): string {
  if (place === undefined) return "by-hand";
  if ("context" in place) return "cluster";
  return place.host === folderHost ? "files-here" : `host-${place.host.replaceAll(/[^\w.-]+/g, "_")}`;
}

function write(folder: string, { place, lines }: Part, index: number): string {
  const name = `${String(index + 1).padStart(2, "0")}-${nameOf(place)}.sh`;
  const head = [
    "#!/bin/sh",
    `# Puts back what watchmend changed. ${whereOf(place)}`,
    "set -eu",
    'cd "$(dirname "$0")"',
    "# the before-images must be the ones that were saved",
    "if [ -e SHA256SUMS ] && command -v sha256sum >/dev/null 2>&1; then sha256sum -c --quiet SHA256SUMS; fi",
  ];
  const script = join(folder, name);
  writeFileSync(script, `${[...head, ...lines].join("\n")}\n`);
  chmodSync(script, 0o700);
  return name;
}

function whereOf(place: Place): string {
  if (place === undefined) return "Read each line and run it where its comment says.";
  if ("context" in place)
    return `Run it where kubectl reaches the cluster (context ${oneWord(place.context)}).`;
  return place.host === folderHost
    ? "Run it on the machine that has the files."
    : `Copy this folder to ${oneWord(place.host)} and run it there as root.`;
}

function oneWord(text: string): string {
  return text.replaceAll(/[^\w.@:/+-]+/g, "_");
}

function sumsOf(folder: string): string {
  const backup = join(folder, "backup");
  if (!existsSync(backup)) return "";
  return readdirSync(backup)
    .sort()
    .map((name) => `${sha256(readFileSync(join(backup, name)))}  backup/${name}\n`)
    .join("");
}

function readme(ids: readonly string[], parts: readonly Part[], names: readonly string[]): string {
  const rows = names.map((name, i) => `${i + 1}. \`sh ${name}\`: ${whereOf(parts[i]?.place)}`);
  return `# Putting back ${ids.join(", ")} by hand

Needed are kubectl, docker and a shell, and nothing of watchmend. Run the scripts in this order, last change first:

${rows.length > 0 ? rows.join("\n") : "Nothing was changed: there is nothing to put back."}

Each ends at the first command that fails. What somebody has changed since is not overwritten: a file whose hash is not the one
that was left is refused, and so is a patch whose tests do not hold. What is as it was already is passed over where it is a file.
\`backup/\` holds the files, objects and settings of containers as they were; \`SHA256SUMS\` their hashes.
`;
}
