// A part is something the rig builds or installs once and keeps under a name made of its inputs' content.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tail } from "../process/command.ts";
import { withLock } from "../process/lock.ts";
import { cacheRoot } from "../process/paths.ts";
import { say, seconds } from "../process/progress.ts";

export type Built = { readonly dir: string; readonly log: string; readonly note: (line: string) => void };

export type Part = {
  readonly name: string;
  /** One sentence for people: what is in it. */
  readonly what: string;
  /** Parts that must be there first; their keys are inputs of this one. */
  readonly needs: readonly Part[];
  /** Everything that decides what comes out, apart from `needs`. */
  readonly inputs: () => readonly string[];
  readonly build: (into: Built) => Promise<void>;
};

export type PartRecord = { readonly name: string; readonly key: string; readonly seconds: number };

const digest = (texts: readonly string[]): string => {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${text.length}:`).update(text);
  return hash.digest("hex");
};

export const keyOf = (part: Part): string => digest([part.name, ...part.inputs(), ...part.needs.map(keyOf)]);

export const dirOf = (part: Part): string => join(cacheRoot, `${part.name}-${keyOf(part).slice(0, 12)}`);

const recordFile = (dir: string): string => join(dir, "part.json");

export const recordOf = (part: Part): PartRecord | undefined => {
  const file = recordFile(dirOf(part));
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, "utf8")) as PartRecord;
};

const buildAnew = async (part: Part, dir: string): Promise<PartRecord> => {
  const partial = `${dir}.partial`;
  const log = `${dir}.log`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(log, "");
  const begun = Date.now();
  say(`part ${part.name}: building (${part.what})`);
  try {
    await part.build({ dir: partial, log, note: (line) => say(`part ${part.name}: ${line}`) });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new Error(
      `part ${part.name} could not be built: ${said}\nfull log: ${log}\n${tail(readFileSync(log, "utf8"))}`,
    );
  }
  const record: PartRecord = { name: part.name, key: keyOf(part), seconds: (Date.now() - begun) / 1000 };
  writeFileSync(recordFile(partial), JSON.stringify(record));
  rmSync(dir, { recursive: true, force: true });
  renameSync(partial, dir);
  say(`part ${part.name}: built in ${seconds(Date.now() - begun)}`);
  return record;
};

/** The directory of a part, built now if it is not there; two runs never build the same part at once. */
export const ensure = async (part: Part): Promise<string> => {
  for (const need of part.needs) await ensure(need);
  const dir = dirOf(part);
  if (recordOf(part) !== undefined) return dir;
  await withLock(`${dir}.lock`, `part ${part.name}`, async () => {
    if (recordOf(part) === undefined) await buildAnew(part, dir);
  });
  return dir;
};
